#include <atomic>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>

#include "quiet_runtime.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::http;

namespace {

Transport transport(std::stop_token stop = {}) {
  return curl_transport({.user_agent = "test/1", .runtime = quiet_runtime(stop)});
}

// A socket on loopback that a test serves by hand.
struct Listener {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port = 0;
  Listener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    void* name = &address;
    if (::bind(fd, static_cast<sockaddr*>(name), size) != 0 || ::listen(fd, 1) != 0 ||
        ::getsockname(fd, static_cast<sockaddr*>(name), &size) != 0)
      throw std::runtime_error("no loopback socket");
    port = ntohs(address.sin_port);
  }
  ~Listener() { ::close(fd); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  std::string url() const { return cat("http://127.0.0.1:", port, "/"); }
};

std::string ok(const std::string&) { return ScriptedServer::reply("200 OK", "X-Two: a\r\nx-two:  b \r\n", "hello"); }

}  // namespace

TEST_CASE("a GET brings status, headers and body, and sends nothing that was not asked for") {
  ScriptedServer server(ok);
  const auto response =
      transport()({.url = parse_url(server.url("/a/../b?c=%20d")), .headers = {{"X-Own", "1"}, {"X-Empty", ""}}});
  CHECK(response.status == 200);
  CHECK(response.headers.find_all("X-Two") == std::vector<std::string>{"a", "b"});
  CHECK(response.body == "hello");
  CHECK(server.requests().at(0) == cat("GET /a/../b?c=%20d HTTP/1.1\r\nHost: ", server.authority(),
                                       "\r\nAccept: */*\r\nAccept-Encoding: identity\r\nUser-Agent: test/1\r\n"
                                       "X-Own: 1\r\nX-Empty:\r\n\r\n"));
}

TEST_CASE("an empty POST says so, and a HEAD waits for no body") {
  ScriptedServer server([](const std::string&) { return "HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\n"; });
  CHECK(transport()({.method = "HEAD", .url = parse_url(server.url("/"))}).headers.find("content-length") == "1000");
  ScriptedServer other(ok);
  transport()({.method = "POST", .url = parse_url(other.url("/"))});
  const auto sent = other.requests().at(0);
  CHECK_THAT(sent, Contains("POST / HTTP/1.1\r\n"));
  CHECK_THAT(sent, Contains("\r\nContent-Length: 0\r\n"));
  CHECK_THAT(sent, !Contains("Content-Type"));
  CHECK_THAT(sent, !Contains("Expect"));
}

TEST_CASE("part of a file is sent from the disk, and shown piece by piece") {
  TempDir dir;
  std::string content(3'000'000, 'x');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>('a' + i % 23);
  const auto file = dir.write("blob", content);
  ScriptedServer server(ok);
  std::string tapped;
  std::uint64_t told = 0;
  transport()({.method = "PUT",
               .url = parse_url(server.url("/")),
               .body = FileRange{file, 1000, 2'500'000},
               .progress = [&](std::uint64_t sent) { told = sent; },
               .before_send =
                   [&](std::uint64_t offset, Bytes piece) {
                     tapped.resize(offset);
                     tapped += as_text(piece);
                   }});
  const auto sent = server.requests().at(0);
  CHECK(sent.substr(sent.find("\r\n\r\n") + 4) == content.substr(1000, 2'500'000));
  CHECK(tapped == content.substr(1000, 2'500'000));
  CHECK(told == 2'500'000);
}

TEST_CASE("a body that fails while it is read ends the request with that failure") {
  TempDir dir;
  const auto file = dir.write("blob", std::string(100'000, 'x'));
  ScriptedServer server(ok);
  const Request request{.method = "PUT", .url = parse_url(server.url("/")), .body = FileRange{file, 0, 200'000}};
  const auto error = failure_of([&] { transport()(request); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.summary(), Contains("shrank while it was being sent"));
  CHECK(server.requests().empty());
  CHECK(failure_of([&] {
          transport()({.method = "PUT", .url = request.url, .body = FileRange{dir / "none", 0, 1}});
        }).kind() == ErrorKind::input);
  Request tapped{.method = "PUT", .url = request.url, .body = "text"};
  tapped.before_send = [](std::uint64_t, Bytes) { throw Error(ErrorKind::integrity, "not these bytes"); };
  CHECK(failure_of([&] { transport()(tapped); }).summary() == "not these bytes");
}

TEST_CASE("a redirect is a reply like others") {
  ScriptedServer target(ok);
  ScriptedServer server([&](const std::string&) {
    return ScriptedServer::reply("307 Temporary Redirect", "Location: " + target.url("/x") + "\r\n", "");
  });
  CHECK(transport()({.url = parse_url(server.url("/"))}).status == 307);
  CHECK(target.connections() == 0);
}

TEST_CASE("a reply's body has a cap, and goes to the sink only if the status is good (S15)") {
  ScriptedServer server([](const std::string& request) {
    return ScriptedServer::reply(request.starts_with("GET /good") ? "200 OK" : "500 Bad", "",
                                 std::string(200'000, 'x'));
  });
  std::string sunk;
  const auto sink = [&](Bytes bytes) { sunk += as_text(bytes); };
  CHECK(transport()({.url = parse_url(server.url("/bad")), .sink = sink}).body.size() == 65536);
  CHECK(sunk.empty());
  CHECK(transport()({.url = parse_url(server.url("/good")), .sink = sink, .most_reply = 10}).body.empty());
  CHECK(sunk.size() == 200'000);
  const auto error = failure_of([&] { transport()({.url = parse_url(server.url("/good")), .most_reply = 199'999}); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.summary(), Contains("is longer than 195.3 KiB"));
  const auto refusal = [](Bytes) { throw Error(ErrorKind::input, "disk full"); };
  CHECK(failure_of([&] { transport()({.url = parse_url(server.url("/good")), .sink = refusal}); }).summary() ==
        "disk full");
}

TEST_CASE("headers without end are cut off (S15)") {
  ScriptedServer server([](const std::string&) {
    std::string text = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 300; ++i) text += cat("X-", i, ": ", std::string(1000, 'x'), "\r\n");
    return text + "Content-Length: 0\r\n\r\n";
  });
  CHECK(failure_of([&] { transport()({.url = parse_url(server.url("/"))}); }).kind() == ErrorKind::integrity);

  ScriptedServer one([](const std::string&) {
    return cat("HTTP/1.1 307 Away\r\nLocation: ", std::string(150'000, 'x'), "\r\nContent-Length: 0\r\n\r\n");
  });
  const auto error = failure_of([&] { transport()({.url = parse_url(one.url("/"))}); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.summary(), Contains("sent a header longer than 100 KiB"));
}

TEST_CASE("a reply in an encoding that was not asked for is refused") {
  ScriptedServer server(
      [](const std::string&) { return ScriptedServer::reply("200 OK", "Content-Encoding: gzip\r\n", "?"); });
  CHECK_THAT(failure_of([&] { transport()({.url = parse_url(server.url("/"))}); }).summary(),
             Contains("encoding `gzip`"));
}

TEST_CASE("a host that the transfer would read in another way than the checks is refused") {
  const auto* host = GENERATE("127.1", "localhost@evil.example", "local%68ost", "a b", "evil.example/localhost");
  const auto error =
      failure_of([&] { transport()({.url = {.scheme = "http", .host = host, .port = 1, .path = "/", .query = {}}}); });
  CHECK_THAT(error.summary(), Contains("invalid URL"));
}

TEST_CASE("failures of the connection say what they are and whether to try again") {
  ScriptedServer silent([](const std::string&) { return std::nullopt; });
  const auto closed = failure_of([&] { transport()({.method = "POST", .url = parse_url(silent.url("/"))}); });
  CHECK(closed.code() == ErrorCode::connection_closed);
  CHECK(closed.is_transient());

  ScriptedServer brief(
      [](const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nshort"; });
  const auto partial = failure_of([&] { transport()({.url = parse_url(brief.url("/"))}); });
  CHECK(partial.is_transient());
  CHECK_THAT(partial.summary(), Contains("was lost"));
  CHECK(partial.code() == ErrorCode::none);

  ScriptedServer gibberish([](const std::string&) { return "SSH-2.0-OpenSSH\r\nConnection: close\r\n"; });
  CHECK_FALSE(failure_of([&] { transport()({.url = parse_url(gibberish.url("/"))}); }).is_transient());

  const auto unknown = failure_of([&] { transport()({.url = parse_url("https://registry.invalid/")}); });
  CHECK_THAT(unknown.summary(), Contains("cannot connect to `registry.invalid:443`: host `registry.invalid`"));

  std::string nobody;
  { nobody = ScriptedServer(ok).url("/"); }
  const auto refused = failure_of([&] { transport()({.url = parse_url(nobody)}); });
  CHECK_THAT(refused.summary(), Contains("Connection refused"));
  CHECK(refused.is_transient());
}

TEST_CASE("a server that speaks plain HTTP where TLS is due is recognised, and hears nothing in the clear (S32)") {
  // Its TLS greeting never ends in an empty line: answer whatever comes at once.
  const Listener listener;
  std::string heard;
  std::thread answer([&] {
    const int fd = ::accept(listener.fd, nullptr, nullptr);
    char piece[4096];
    const auto count = ::recv(fd, piece, sizeof piece, 0);
    if (count > 0) heard.assign(piece, static_cast<std::size_t>(count));
    ::send(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL);
    ::close(fd);
  });
  const auto port = listener.port;
  const auto error = failure_of([&] {
    transport()(
        {.url = parse_url(cat("https://127.0.0.1:", port, "/secret")), .headers = {{"Authorization", "Basic x"}}});
  });
  answer.join();
  CHECK(heard.find("secret") == heard.npos);
  CHECK(heard.find("Basic") == heard.npos);
  CHECK(error.summary() == cat("cannot connect to `127.0.0.1:", port, "`: the server does not use TLS"));
  CHECK(error.help() ==
        cat("for a registry without TLS, add `registries: { \"127.0.0.1:", port, "\": { insecure: true } }`"));
  CHECK_FALSE(error.is_transient());
}

TEST_CASE("a stop ends a transfer within a second or so") {
  std::atomic<bool> over = false;
  ScriptedServer server([&](const std::string&) {
    while (!over) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return std::nullopt;
  });
  std::stop_source source;
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    source.request_stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THROWS_AS(transport(source.get_token())({.url = parse_url(server.url("/"))}), Interrupted);
  const auto time = std::chrono::steady_clock::now() - begin;
  over = true;
  stopper.join();
  CHECK(time < std::chrono::milliseconds(1600));
}

TEST_CASE("a transfer that stands still, or nearly, is given up in either direction, and may be tried again (S33)") {
  std::atomic<bool> over = false;
  const auto until_over = [&] {
    while (!over) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  };
  ScriptedServer silent([&](const std::string&) {
    until_over();
    return std::nullopt;
  });
  // Sends a byte now and then, and reads nothing but the head of a request.
  const auto slow_server = [&](int listener) {
    const int fd = ::accept(listener, nullptr, nullptr);
    char piece[512];
    if (::recv(fd, piece, sizeof piece, 0) > 0 && std::string_view(piece, 3) == "GET") {
      const std::string_view head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
      ::send(fd, head.data(), head.size(), MSG_NOSIGNAL);
      while (!over && ::send(fd, "x", 1, MSG_NOSIGNAL) == 1) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    until_over();
    ::close(fd);
  };
  const auto slow = curl_transport({.low_speed_time = std::chrono::seconds(1), .runtime = quiet_runtime()});
  const Listener trickling, deaf;
  std::thread first(slow_server, trickling.fd), second(slow_server, deaf.fd);
  const std::vector<Request> requests{
      {.url = parse_url(silent.url("/"))},
      {.url = parse_url(trickling.url())},
      {.method = "PUT", .url = parse_url(deaf.url()), .body = std::string(32u << 20, 'x')},
  };
  std::vector<std::string> outcomes(requests.size());
  const auto begin = std::chrono::steady_clock::now();
  parallel_for_each(requests.size(), 3, [&](std::size_t i) {
    const auto error = failure_of([&] { slow(requests[i]); });
    outcomes[i] = error.is_transient() ? error.summary() : "for good";
  });
  const auto time = std::chrono::steady_clock::now() - begin;
  over = true;
  first.join();
  second.join();
  CHECK_THAT(outcomes[0], Contains("is too slow: 0 B in 1 s"));
  CHECK_THAT(outcomes[1], Contains("is too slow: "));
  CHECK_THAT(outcomes[2], Contains("is too slow: "));
  CHECK(time < std::chrono::milliseconds(4500));
}

TEST_CASE("connections are used again, by many threads") {
  ScriptedServer server(ok);
  const auto shared = transport();
  parallel_for_each(40, 4, [&](std::size_t i) {
    const auto response =
        shared({.method = "PUT", .url = parse_url(server.url(cat("/", i))), .body = std::string(i * 1000, 'x')});
    if (response.body != "hello") throw Error(ErrorKind::internal, "mixed up");
  });
  CHECK(server.requests().size() == 40);
  CHECK(server.connections() <= 4);
}

TEST_CASE("an address from another server does not lead to this host") {
  ScriptedServer server(ok);
  const auto shared = transport();
  shared({.url = parse_url(server.url("/"))});
  const auto error = failure_of(
      [&] { shared({.url = parse_url(server.url("/")), .max_address_kind = AddressKind::private_network}); });
  CHECK_THAT(error.summary(), Contains("is a loopback address"));
  CHECK_FALSE(error.is_transient());
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a proxy is not asked for an address that another server named and that is too near (S02)") {
  ScriptedServer proxy(ok);
  Runtime runtime = process_runtime();
  runtime.environment = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "HTTPS_PROXY") return proxy.url("");
    return std::nullopt;
  };
  const auto url = GENERATE("https://169.254.169.254/", "https://2852039166/", "https://[fd00:ec2::254]/",
                            "https://100.100.100.200/", "https://metadata.google.internal/", "https://10.0.0.1/");
  const auto error = failure_of(
      [&] { curl_transport({.runtime = runtime})({.url = parse_url(url), .max_address_kind = AddressKind::global}); });
  CHECK_THAT(error.summary(), Contains("which came from a server's reply: it is"));
  CHECK(proxy.connections() == 0);
}

TEST_CASE("a reply says where it came from") {
  ScriptedServer server(ok);
  CHECK(transport()({.url = parse_url(server.url("/"))}).peer == AddressKind::loopback);
}

TEST_CASE("a proxy is asked for other hosts, and its refusals are told") {
  ScriptedServer proxy([](const std::string& request) {
    return ScriptedServer::reply(request.find("secret") == std::string::npos ? "407 Login" : "503 Busy",
                                 "Connection: close\r\n", "");
  });
  const auto through = [&](const std::string& address) {
    Runtime runtime = process_runtime();
    runtime.environment = [address](std::string_view name) -> std::optional<std::string> {
      if (name == "HTTPS_PROXY") return address;
      return std::nullopt;
    };
    return failure_of([&] {
      curl_transport({.runtime = runtime})(
          {.url = parse_url("https://registry.example/"), .headers = {{"Authorization", "Basic secret"}}});
    });
  };
  const auto login = through(proxy.url(""));
  CHECK(login.kind() == ErrorKind::access);
  CHECK_THAT(login.summary(), Contains("returned 407: it requires a login"));
  CHECK_THAT(proxy.requests().at(0), Contains("CONNECT registry.example:443"));
  CHECK_THAT(proxy.requests().at(0), !Contains("Authorization: Basic secret"));

  ScriptedServer busy(
      [](const std::string&) { return ScriptedServer::reply("503 Busy", "Connection: close\r\n", ""); });
  const auto refused = through(cat("http://user:sesame@", busy.authority()));
  CHECK(refused.is_transient());
  CHECK_THAT(report(refused), !Contains("sesame"));
  CHECK_THAT(busy.requests().at(0), Contains("Proxy-Authorization: Basic"));
}
