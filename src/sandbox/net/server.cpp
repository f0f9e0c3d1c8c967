#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>
#include <lapstrake/sandbox/net/server.hpp>
#include <list>
#include <mutex>
#include <thread>

#include "certificates.hpp"
#include "connection.hpp"
#include "http_connection.hpp"

namespace lapstrake::sandbox {
namespace {

namespace beast = boost::beast;

// OpenSSL calls this with the server name that the client sent.
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
                "omit the port to use a free one")
        .because(reason(failure.code().value()));
  }
  return acceptor;
}

}  // namespace

struct Server::State {
  explicit State(ServerOptions given)
      : options(std::move(given)),
        authority(options.folder),
        tls(asio::ssl::context::tls_server),
        direct(listen_on(context, options.port)),
        proxy(listen_on(context, options.proxy_port)) {
    if (SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION) != 1)
      throw Error(ErrorKind::internal, "OpenSSL refuses TLS 1.2");
    SSL_CTX_set_cert_cb(tls.native_handle(), choose_certificate, &authority);
  }

  // Not in the constructor: if the second thread cannot be started, the destructor must end the first one.
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
    for (auto& connection : connections) connection.shut_down();
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
        log_closed(error.what());
      } catch (...) {
        log_closed("unknown failure");
      }
    }
  }

  // Closes the connection when there are too many, or no thread or memory is available.
  void take(tcp::socket socket, bool is_proxy) {
    const std::lock_guard lock(mutex);
    connections.remove_if([](const Connection& connection) { return connection.done.load(); });
    if (connections.size() >= options.most_connections)
      throw Error(ErrorKind::input, cat(connections.size(), " connections are already open"));
    Connection& connection = connections.emplace_back(std::move(socket));
    try {
      connection.thread =
          start_thread([this, &connection, is_proxy](const std::stop_token&) { serve(connection, is_proxy); });
    } catch (...) {
      connections.pop_back();
      throw;
    }
  }

  void log_closed(std::string_view why) noexcept try {
    if (options.log) options.log(cat("closed a connection: ", why));
  } catch (...) {  // no memory for the line
  }

  void serve(Connection& connection, bool is_proxy) noexcept {
    try {
      Failure ignored;
      connection.socket.set_option(tcp::no_delay(true), ignored);
      if (!is_proxy || accept_connect(connection)) speak_tls(connection);
    } catch (const std::exception& failure) {
      log_closed(failure.what());
    } catch (...) {
      log_closed("unknown failure");
    }
    connection.close();
    connection.done = true;
  }

  void speak_tls(Connection& connection) {
    TlsStream stream(TimeoutSocket(connection.socket, options.idle_timeout), tls);
    Failure failure;
    stream.handshake(TlsStream::server, failure);
    if (failure) return;
    serve_http(connection, stream, options.handler, token);
    if (!connection.open) return;
    // Sends close_notify without waiting for the peer's: with the reading side shut, the read returns at once.
    ::shutdown(connection.socket.native_handle(), SHUT_RD);
    stream.shutdown(failure);
  }

  // True when the client requested a host of the sandbox.
  bool accept_connect(Connection& connection) const {
    beast::flat_buffer buffer;
    beast::http::request_parser<beast::http::empty_body> parser;
    parser.skip(true);
    Failure failure;
    TimeoutSocket socket(connection.socket, options.idle_timeout);
    beast::http::read_header(socket, buffer, parser, failure);
    if (failure) return false;
    RequestHead head;
    head.method = std::string(parser.get().method_string());
    head.authority = std::string(parser.get().target());
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
  Authority authority;
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
std::filesystem::path Server::ca_file() const { return state_->authority.ca_file(); }
std::uint16_t Server::proxy_port() const { return state_->proxy.local_endpoint().port(); }

}  // namespace lapstrake::sandbox
