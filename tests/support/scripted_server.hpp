// A plain-HTTP server on 127.0.0.1 that records what it is sent and answers with the bytes that a test says.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

class ScriptedServer {
 public:
  // Given a whole request, head and body; returns the whole reply, or nothing to close the connection without one. A
  // reply with "Connection: close" ends the connection as well. Called from several threads.
  using Handler = std::function<std::optional<std::string>(const std::string& request)>;

  explicit ScriptedServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const void* bound = &address;
    void* name = &address;
    if (listener_ < 0 || ::bind(listener_, static_cast<const sockaddr*>(bound), size) != 0 ||
        ::listen(listener_, 64) != 0 || ::getsockname(listener_, static_cast<sockaddr*>(name), &size) != 0)
      throw std::runtime_error("no loopback socket");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    for (const int fd : open_) ::close(fd);
    ::close(listener_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& path) const { return "http://" + authority() + path; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return open_.size();
  }

  static std::string reply(const std::string& status, const std::string& headers, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
  }

 private:
  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
      threads_.emplace_back([this, fd] { converse(fd); });
    }
  }
  void converse(int fd) {
    std::string buffer;
    while (const auto request = next_request(fd, buffer)) {
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(*request);
      }
      const auto answer = handler_(*request);
      if (!answer) break;
      for (std::size_t sent = 0; sent < answer->size();) {
        const auto count = ::send(fd, answer->data() + sent, answer->size() - sent, MSG_NOSIGNAL);
        if (count <= 0) break;
        sent += static_cast<std::size_t>(count);
      }
      if (answer->find("Connection: close") != std::string::npos) break;
    }
    ::shutdown(fd, SHUT_RDWR);
  }
  static std::optional<std::string> next_request(int fd, std::string& buffer) {
    std::size_t whole = 0;
    for (;;) {
      const auto head = buffer.find("\r\n\r\n");
      if (head != std::string::npos) {
        const auto field = buffer.find("Content-Length: ");
        whole = head + 4 + (field < head ? std::stoul(buffer.substr(field + 16)) : 0);
        if (buffer.size() >= whole) break;
      }
      char piece[65536];
      const auto count = ::recv(fd, piece, sizeof piece, 0);
      if (count <= 0) return std::nullopt;
      buffer.append(piece, static_cast<std::size_t>(count));
      if (buffer.starts_with('\x16')) return std::nullopt;  // a TLS greeting
    }
    auto request = buffer.substr(0, whole);
    buffer.erase(0, whole);
    return request;
  }

  Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::vector<std::string> requests_;
  std::thread acceptor_;
};
