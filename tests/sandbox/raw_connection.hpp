// A TLS connection that shows what curl hides: how the other side closed.
#pragma once
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <lapstrake/base/c_handle.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sandbox_test {

class RawConnection {
 public:
  // To the TLS port, naming `host` by SNI; certificates are not looked at.
  RawConnection(std::uint16_t port, const std::string& host)
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)), context_(SSL_CTX_new(TLS_client_method())) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to connections that the other side has closed
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(port);
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0)
      throw std::runtime_error("cannot connect");
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd_.get());
    // SSL_set_tlsext_host_name() is a macro with a cast that we do not write.
    SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
    if (SSL_connect(ssl_.get()) != 1) throw std::runtime_error("no TLS");
  }

  void send(std::string_view text) {
    if (SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) <= 0) throw std::runtime_error("cannot send");
  }

  struct Reply {
    std::string text;
    bool reset = false;  // RST rather than an orderly end
  };
  // All until the other side closes.
  Reply read_to_end() {
    Reply reply;
    char room[4096];
    for (;;) {
      errno = 0;
      const int size = SSL_read(ssl_.get(), room, sizeof room);
      if (size <= 0) {
        reply.reset = errno == ECONNRESET;
        return reply;
      }
      reply.text.append(room, static_cast<std::size_t>(size));
    }
  }
  // As much as comes at once.
  std::string read_some() {
    char room[4096];
    const int size = SSL_read(ssl_.get(), room, sizeof room);
    return size <= 0 ? std::string() : std::string(room, static_cast<std::size_t>(size));
  }

 private:
  lapstrake::FileDescriptor fd_;
  lapstrake::CHandle<SSL_CTX, SSL_CTX_free> context_;
  lapstrake::CHandle<SSL, SSL_free> ssl_;
};

}  // namespace sandbox_test
