// The sockets: one TLS port, one CONNECT proxy port, both on 127.0.0.1; a thread for each connection. The proxy
// forwards nothing: after it accepts a CONNECT, the TLS session begins on the same socket.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/sandbox/net/message.hpp>
#include <memory>
#include <string>

namespace lapstrake::sandbox {

struct ServerOptions {
  std::uint16_t port = 0, proxy_port = 0;  // 0: any free one
  std::filesystem::path folder = {};       // for ca.pem and ca.key
  Handler handler;
  std::function<bool(const std::string& host)> may_connect;  // hosts that the proxy accepts, besides loopback
  std::function<void(const std::string& line)> log;
  std::size_t most_connections = 256;              // at a time; further ones are closed at once
  std::chrono::milliseconds idle_timeout{60'000};  // before an idle connection is closed
};

class Server {
 public:
  // Listens when it returns. Error{input} for a port in use.
  explicit Server(ServerOptions options);
  ~Server();  // closes all connections and waits for their threads

  std::uint16_t port() const;
  std::uint16_t proxy_port() const;
  std::filesystem::path ca_file() const;  // the certificate authority that signed the certificate of every host

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::sandbox
