// The one file of this room that sees Boost: it is slow to compile.
#include "server.hpp"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <list>
#include <mutex>
#include <thread>

#include "hosts.hpp"

namespace lapstrake::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Failure = boost::system::error_code;

constexpr std::uint32_t most_header_bytes = 256 * 1024;  // ECR's passwords have no stated maximum

// A connection and its thread. The socket is closed under the mutex, so that cut() never meets a number that was
// reused.
struct Connection {
  explicit Connection(tcp::socket accepted) : socket(std::move(accepted)) {}
  void cut() {
    const std::lock_guard lock(mutex);
    if (open) ::shutdown(socket.native_handle(), SHUT_RDWR);  // fails only if it is down already
  }
  void close() {
    const std::lock_guard lock(mutex);
    open = false;
    Failure ignored;
    socket.close(ignored);
  }
  // SO_LINGER 0: close() sends RST.
  void reset() {
    Failure ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
  }

  tcp::socket socket;
  std::mutex mutex;
  bool open = true;
  std::atomic<bool> done = false;
  std::jthread thread;
};

// A socket whose peer must not be silent for longer than a time, in either direction. Boost.Asio's own reads and writes
// wait for ever, whatever SO_RCVTIMEO says.
class PatientSocket {
 public:
  using executor_type = tcp::socket::executor_type;
  using lowest_layer_type = tcp::socket::lowest_layer_type;

  PatientSocket(tcp::socket& socket, std::chrono::milliseconds patience) : socket_(socket), patience_(patience) {}
  executor_type get_executor() { return socket_.get_executor(); }
  lowest_layer_type& lowest_layer() { return socket_.lowest_layer(); }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, Failure& failure) {
    return wait_for(POLLIN, failure) ? socket_.read_some(buffers, failure) : 0;
  }
  // Beast asks for these two as well.
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    return or_throw([&](Failure& failure) { return read_some(buffers, failure); });
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    return or_throw([&](Failure& failure) { return write_some(buffers, failure); });
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, Failure& failure) {
    return wait_for(POLLOUT, failure) ? socket_.write_some(buffers, failure) : 0;
  }

 private:
  template <class Act>
  static std::size_t or_throw(Act act) {
    Failure failure;
    const std::size_t size = act(failure);
    if (failure) throw boost::system::system_error(failure);
    return size;
  }
  bool wait_for(short events, Failure& failure) {
    pollfd ready{socket_.native_handle(), events, 0};
    int count = 0;
    do {
      count = ::poll(&ready, 1, static_cast<int>(patience_.count()));
    } while (count < 0 && errno == EINTR);
    failure = {};
    if (count == 0) failure = asio::error::timed_out;
    if (count < 0) failure = Failure(errno, boost::system::system_category());
    return count > 0;
  }

  tcp::socket& socket_;
  std::chrono::milliseconds patience_;
};
using TlsStream = asio::ssl::stream<PatientSocket>;

std::string text_of(beast::string_view view) { return std::string(view.data(), view.size()); }

// "[::1]:443" -> "[::1]", 443
void read_authority(Head& head) {
  const auto colon = head.authority.rfind(':');
  const bool has_port = colon != std::string::npos && head.authority.find(']', colon) == std::string::npos;
  head.host = lower(std::string_view(head.authority).substr(0, has_port ? colon : std::string::npos));
  if (has_port) {
    const char* end = head.authority.data() + head.authority.size();
    std::from_chars(head.authority.data() + colon + 1, end, head.port);
  }
}

// One TLS connection: requests are read and answered until either side has had enough.
class Dialogue {
 public:
  Dialogue(Connection& connection, TlsStream& stream, const Site& site, const std::stop_token& stop)
      : connection_(connection), stream_(stream), site_(site), stop_(stop) {}

  void run() {
    while (one_exchange()) {
    }
  }

 private:
  using Parser = beast::http::request_parser<beast::http::buffer_body>;

  bool one_exchange() {
    Parser parser;
    parser.header_limit(most_header_bytes);
    parser.body_limit(UINT64_MAX);  // boost::none refuses every Content-Length in Boost 1.74
    Failure failure;
    beast::http::read_header(stream_, buffer_, parser, failure);
    if (failure) {
      if (is_nonsense(failure)) write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return false;
    }
    const Head head = read_head(parser);
    waiting_for_continue_ = lower(head.headers.find("Expect").value_or("")) == "100-continue";
    Answer answer;
    try {
      answer = site_(
          head, [&](const Sink& sink) { read_body(parser, sink); }, stop_);
      if (answer.delivery != Answer::Delivery::reset && !waiting_for_continue_)
        read_body(parser, [](Bytes) {});  // unread bytes would turn our close into a reset
    } catch (const Cut&) {
      connection_.reset();
      return false;
    }
    const bool keep = parser.get().keep_alive() && parser.is_done();
    return deliver(head, answer, keep);
  }

  // What came is not HTTP, rather than nothing.
  static bool is_nonsense(const Failure& failure) {
    return failure.category() == make_error_code(beast::http::error::end_of_stream).category() &&
           failure != beast::http::error::end_of_stream && failure != beast::http::error::partial_message;
  }

  static Head read_head(const Parser& parser) {
    const auto& request = parser.get();
    Head head;
    head.method = text_of(request.method_string());
    for (const auto& field : request) head.headers.add(text_of(field.name_string()), text_of(field.value()));
    head.authority = head.headers.find("Host").value_or("");
    read_authority(head);
    const std::string target = text_of(request.target());
    const auto question = target.find('?');
    head.path = target.substr(0, question);
    if (question != std::string::npos) head.query = target.substr(question + 1);
    if (const auto length = parser.content_length()) head.body_length = *length;
    return head;
  }

  void read_body(Parser& parser, const Sink& sink) {
    if (waiting_for_continue_ && !parser.is_done()) write("HTTP/1.1 100 Continue\r\n\r\n");
    waiting_for_continue_ = false;
    std::array<char, 65536> room;
    while (!parser.is_done()) {
      auto& body = parser.get().body();
      body.data = room.data();
      body.size = room.size();
      Failure failure;
      beast::http::read_some(stream_, buffer_, parser, failure);
      if (failure && failure != beast::http::error::need_buffer) throw Cut{};
      sink(as_bytes(std::string_view(room.data(), room.size() - parser.get().body().size)));
    }
  }

  bool deliver(const Head& head, const Answer& answer, bool keep) {
    using enum Answer::Delivery;
    if (answer.delivery == reset) return connection_.reset(), false;
    if (answer.delivery == hang_up) return false;
    keep = keep && answer.delivery == whole;
    const std::string text = head_text(answer, keep);
    try {
      if (answer.delivery == reset_in_head) {
        write(std::string_view(text).substr(0, text.size() / 2));
        return connection_.reset(), false;
      }
      write(text);
      const std::uint64_t most = answer.delivery == truncated ? answer.body_limit : UINT64_MAX;
      if (head.method != "HEAD") write_body(answer, most);
    } catch (const Cut&) {
      return false;
    }
    return keep;
  }

  static std::string head_text(const Answer& answer, bool keep) {
    std::string text =
        cat("HTTP/1.1 ", answer.status, " ",
            text_of(beast::http::obsolete_reason(static_cast<beast::http::status>(answer.status))), "\r\n");
    for (const auto& [name, value] : answer.headers) text += cat(name, ": ", value, "\r\n");
    if (!answer.headers.find("Content-Length") && answer.status != 204)
      text += cat("Content-Length: ", http::length(answer.body), "\r\n");
    return text + (keep ? "\r\n" : "Connection: close\r\n\r\n");
  }

  void write_body(const Answer& answer, std::uint64_t most) {
    bool corrupt = answer.corrupt;
    const Sink out = [&](Bytes bytes) {
      std::string_view piece = as_text(bytes.subspan(0, std::min<std::uint64_t>(bytes.size(), most)));
      most -= piece.size();
      if (corrupt && !piece.empty()) {
        write(std::string(1, static_cast<char>(piece[0] ^ 1)));
        piece.remove_prefix(1);
        corrupt = false;
      }
      write(piece);
    };
    if (const auto* text = std::get_if<std::string>(&answer.body)) return out(as_bytes(*text));
    const auto& range = std::get<http::FileRange>(answer.body);
    std::uint64_t skip = range.offset, left = range.length;
    drain(file_source(range.path), [&](Bytes bytes) {
      const auto dropped = std::min<std::uint64_t>(skip, bytes.size());
      skip -= dropped;
      bytes = bytes.subspan(dropped);
      bytes = bytes.subspan(0, std::min<std::uint64_t>(left, bytes.size()));
      left -= bytes.size();
      if (!bytes.empty()) out(bytes);
    });
  }

  void write(std::string_view text) {
    if (text.empty()) return;
    Failure failure;
    asio::write(stream_, asio::buffer(text.data(), text.size()), failure);
    if (failure) throw Cut{};
  }

  Connection& connection_;
  TlsStream& stream_;
  const Site& site_;
  const std::stop_token& stop_;
  beast::flat_buffer buffer_;
  bool waiting_for_continue_ = false;
};

// OpenSSL asks for a certificate once it knows the name that the client wants.
int choose_certificate(SSL* ssl, void* argument) {
  try {
    auto* authority = static_cast<Authority*>(argument);
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    X509* leaf = authority->leaf(lower(name == nullptr ? "" : name));
    return SSL_use_certificate(ssl, leaf) == 1 && SSL_use_PrivateKey(ssl, authority->leaf_key()) == 1 ? 1 : 0;
  } catch (...) {
    return 0;  // the handshake fails
  }
}

// Commands that the sandbox's process starts must not hold its connections open.
template <class Socket>
void keep_from_children(Socket& socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);  // cannot fail on an open descriptor
}

tcp::acceptor listen_on(asio::io_context& context, std::uint16_t port) {
  tcp::acceptor acceptor(context);
  const tcp::endpoint place(asio::ip::address_v4::loopback(), port);
  try {
    acceptor.open(place.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(place);
    acceptor.listen();
    keep_from_children(acceptor);
  } catch (const boost::system::system_error& failure) {
    throw Error(ErrorKind::input, cat("the sandbox cannot listen on 127.0.0.1:", port),
                "leave the port away: a free one is chosen")
        .because(reason(failure.code().value()));
  }
  return acceptor;
}

}  // namespace

struct Server::State {
  explicit State(ServerOptions given)
      : options(std::move(given)),
        tls(asio::ssl::context::tls_server),
        direct(listen_on(context, options.port)),
        proxy(listen_on(context, options.proxy_port)) {
    if (SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION) != 1)
      throw Error(ErrorKind::internal, "OpenSSL refuses TLS 1.2");
    SSL_CTX_set_cert_cb(tls.native_handle(), choose_certificate, options.authority);
  }

  // Apart from the constructor: when the second thread cannot be started, the first one must be ended.
  void start() {
    direct_thread = start_thread([this](const std::stop_token&) { accept_all(direct, false); });
    proxy_thread = start_thread([this](const std::stop_token&) { accept_all(proxy, true); });
  }

  ~State() {
    stop.request_stop();
    ::shutdown(direct.native_handle(), SHUT_RDWR);  // wakes accept(); both are closed after their threads ended
    ::shutdown(proxy.native_handle(), SHUT_RDWR);
    for (auto* thread : {&direct_thread, &proxy_thread})
      if (thread->joinable()) thread->join();
    for (auto& connection : connections) connection.cut();
    connections.clear();  // joins
  }

  void accept_all(tcp::acceptor& acceptor, bool is_proxy) {
    while (!stop.stop_requested()) {
      Failure failure;
      tcp::socket socket(context);
      acceptor.accept(socket, failure);
      if (failure) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));  // out of descriptors, or stopping
        continue;
      }
      try {
        keep_from_children(socket);
        take(std::move(socket), is_proxy);
      } catch (const std::exception& error) {
        refused(error.what());
      } catch (...) {
        refused("unknown failure");
      }
    }
  }

  // The connection is closed when there are too many, or no thread or memory is left for it.
  void take(tcp::socket socket, bool is_proxy) {
    const std::lock_guard lock(mutex);
    connections.remove_if([](const Connection& connection) { return connection.done.load(); });
    if (connections.size() >= options.most_connections)
      throw Error(ErrorKind::input, cat(connections.size(), " connections are open already"));
    Connection& connection = connections.emplace_back(std::move(socket));
    try {
      connection.thread =
          start_thread([this, &connection, is_proxy](const std::stop_token&) { serve(connection, is_proxy); });
    } catch (...) {
      connections.pop_back();
      throw;
    }
  }

  void refused(std::string_view why) noexcept try {
    if (options.log) options.log(cat("a connection is closed: ", why));
  } catch (...) {  // no memory for the line
  }

  void serve(Connection& connection, bool is_proxy) noexcept {
    try {
      Failure ignored;
      connection.socket.set_option(tcp::no_delay(true), ignored);
      if (!is_proxy || accept_connect(connection)) speak_tls(connection);
    } catch (const std::exception& failure) {
      refused(failure.what());
    } catch (...) {
      refused("unknown failure");
    }
    connection.close();
    connection.done = true;
  }

  void speak_tls(Connection& connection) {
    TlsStream stream(PatientSocket(connection.socket, options.patience), tls);
    Failure failure;
    stream.handshake(TlsStream::server, failure);
    if (failure) return;
    Dialogue(connection, stream, options.site, token).run();
    if (!connection.open) return;
    // Says goodbye, but waits for nobody: with the reading side shut, the peer's goodbye reads as the end.
    ::shutdown(connection.socket.native_handle(), SHUT_RD);
    stream.shutdown(failure);
  }

  // True when the client asked for a host that is played here.
  bool accept_connect(Connection& connection) const {
    beast::flat_buffer buffer;
    beast::http::request_parser<beast::http::empty_body> parser;
    parser.skip(true);
    Failure failure;
    PatientSocket socket(connection.socket, options.patience);
    beast::http::read_header(socket, buffer, parser, failure);
    if (failure) return false;
    Head head;
    head.method = text_of(parser.get().method_string());
    head.authority = text_of(parser.get().target());
    read_authority(head);
    const bool itself = is_loopback_name(head.host) && head.port == direct.local_endpoint().port();
    const bool accepted = head.method == "CONNECT" && (itself || options.may_connect(head.host)) && buffer.size() == 0;
    if (!accepted && options.log)
      options.log(cat("proxy: ", head.method, " ", printable(head.authority, 200), " -> 403"));
    const std::string_view reply =
        accepted ? "HTTP/1.1 200 Connection established\r\n\r\n"
                 : "HTTP/1.1 403 Forbidden\r\nX-Sandbox: plays AWS's own hosts only\r\nContent-Length: 0\r\n"
                   "Connection: close\r\n\r\n";
    asio::write(socket, asio::buffer(reply.data(), reply.size()), failure);
    return accepted && !failure;
  }

  ServerOptions options;
  asio::io_context context;
  asio::ssl::context tls;
  tcp::acceptor direct, proxy;
  std::stop_source stop;
  std::stop_token token = stop.get_token();
  std::mutex mutex;
  std::list<Connection> connections;
  std::jthread direct_thread, proxy_thread;
};

Server::Server(ServerOptions options) : state_(std::make_unique<State>(std::move(options))) { state_->start(); }
Server::~Server() = default;
std::uint16_t Server::port() const { return state_->direct.local_endpoint().port(); }
std::uint16_t Server::proxy_port() const { return state_->proxy.local_endpoint().port(); }

}  // namespace lapstrake::sandbox
