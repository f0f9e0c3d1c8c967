// An accepted connection: its socket, with an idle timeout, and its thread. Only server.cpp includes it: it needs
// Boost.
#pragma once
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

namespace lapstrake::sandbox {

namespace asio = boost::asio;
using asio::ip::tcp;
using Failure = boost::system::error_code;

// A connection and its thread. The socket is closed under the mutex, so that shut_down() never uses a number that was
// reused.
struct Connection {
  explicit Connection(tcp::socket accepted) : socket(std::move(accepted)) {}
  void shut_down() {
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

// A socket with an idle timeout for reads and writes. Boost.Asio's blocking reads and writes ignore SO_RCVTIMEO.
class TimeoutSocket {
 public:
  using executor_type = tcp::socket::executor_type;
  using lowest_layer_type = tcp::socket::lowest_layer_type;

  TimeoutSocket(tcp::socket& socket, std::chrono::milliseconds idle_timeout)
      : socket_(socket), idle_timeout_(idle_timeout) {}
  executor_type get_executor() { return socket_.get_executor(); }
  lowest_layer_type& lowest_layer() { return socket_.lowest_layer(); }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, Failure& failure) {
    return wait_for(POLLIN, failure) ? socket_.read_some(buffers, failure) : 0;
  }
  // Beast needs these two as well.
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
      count = ::poll(&ready, 1, static_cast<int>(idle_timeout_.count()));
    } while (count < 0 && errno == EINTR);
    failure = {};
    if (count == 0) failure = asio::error::timed_out;
    if (count < 0) failure = Failure(errno, boost::system::system_category());
    return count > 0;
  }

  tcp::socket& socket_;
  std::chrono::milliseconds idle_timeout_;
};
using TlsStream = asio::ssl::stream<TimeoutSocket>;

}  // namespace lapstrake::sandbox
