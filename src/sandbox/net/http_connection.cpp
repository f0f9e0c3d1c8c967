#include "http_connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::sandbox {
namespace {

namespace beast = boost::beast;

constexpr std::uint32_t most_header_bytes = 256 * 1024;  // ECR's passwords have no stated maximum

std::string text_of(beast::string_view view) { return std::string(view.data(), view.size()); }

// One TLS connection: reads requests and sends responses until either side closes.
class HttpConnection {
 public:
  HttpConnection(Connection& connection, TlsStream& stream, const Handler& handler, const std::stop_token& stop)
      : connection_(connection), stream_(stream), handler_(handler), stop_(stop) {}

  void run() {
    while (serve_request()) {
    }
  }

 private:
  using Parser = beast::http::request_parser<beast::http::buffer_body>;

  bool serve_request() {
    Parser parser;
    parser.header_limit(most_header_bytes);
    parser.body_limit(UINT64_MAX);  // boost::none refuses every Content-Length in Boost 1.74
    Failure failure;
    beast::http::read_header(stream_, buffer_, parser, failure);
    if (failure) {
      if (is_malformed(failure)) write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return false;
    }
    const RequestHead head = read_head(parser);
    waiting_for_continue_ = lower(head.headers.find("Expect").value_or("")) == "100-continue";
    Response response;
    try {
      response = handler_(
          head, [&](const Sink& sink) { read_body(parser, sink); }, stop_);
      if (response.delivery != Response::Delivery::reset && !waiting_for_continue_)
        read_body(parser, [](Bytes) {});  // with unread bytes close() would send RST
    } catch (const ConnectionClosed&) {
      connection_.reset();
      return false;
    }
    const bool keep = parser.get().keep_alive() && parser.is_done();
    return send(head, response, keep);
  }

  // The input is not HTTP (as opposed to: no input).
  static bool is_malformed(const Failure& failure) {
    return failure.category() == make_error_code(beast::http::error::end_of_stream).category() &&
           failure != beast::http::error::end_of_stream && failure != beast::http::error::partial_message;
  }

  static RequestHead read_head(const Parser& parser) {
    const auto& request = parser.get();
    RequestHead head;
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
      if (failure && failure != beast::http::error::need_buffer) throw ConnectionClosed{};
      sink(as_bytes(std::string_view(room.data(), room.size() - parser.get().body().size)));
    }
  }

  bool send(const RequestHead& head, const Response& response, bool keep) {
    using enum Response::Delivery;
    if (response.delivery == reset) return connection_.reset(), false;
    if (response.delivery == hang_up) return false;
    keep = keep && response.delivery == whole;
    const std::string text = head_text(response, keep);
    try {
      if (response.delivery == reset_in_head) {
        write(std::string_view(text).substr(0, text.size() / 2));
        return connection_.reset(), false;
      }
      write(text);
      const std::uint64_t most = response.delivery == truncated ? response.body_limit : UINT64_MAX;
      if (head.method != "HEAD") write_body(response, most);
    } catch (const ConnectionClosed&) {
      return false;
    }
    return keep;
  }

  static std::string head_text(const Response& response, bool keep) {
    std::string text =
        cat("HTTP/1.1 ", response.status, " ",
            text_of(beast::http::obsolete_reason(static_cast<beast::http::status>(response.status))), "\r\n");
    for (const auto& [name, value] : response.headers) text += cat(name, ": ", value, "\r\n");
    if (!response.headers.find("Content-Length") && response.status != 204)
      text += cat("Content-Length: ", http::length(response.body), "\r\n");
    return text + (keep ? "\r\n" : "Connection: close\r\n\r\n");
  }

  void write_body(const Response& response, std::uint64_t most) {
    bool corrupt = response.corrupt;
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
    if (const auto* text = std::get_if<std::string>(&response.body)) return out(as_bytes(*text));
    const auto& range = std::get<http::FileRange>(response.body);
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
    if (failure) throw ConnectionClosed{};
  }

  Connection& connection_;
  TlsStream& stream_;
  const Handler& handler_;
  const std::stop_token& stop_;
  beast::flat_buffer buffer_;
  bool waiting_for_continue_ = false;
};

}  // namespace

void read_authority(RequestHead& head) {
  const auto colon = head.authority.rfind(':');
  const bool has_port = colon != std::string::npos && head.authority.find(']', colon) == std::string::npos;
  head.host = lower(std::string_view(head.authority).substr(0, has_port ? colon : std::string::npos));
  if (has_port) {
    const char* end = head.authority.data() + head.authority.size();
    std::from_chars(head.authority.data() + colon + 1, end, head.port);
  }
}

void serve_http(Connection& connection, TlsStream& stream, const Handler& handler, const std::stop_token& stop) {
  HttpConnection(connection, stream, handler, stop).run();
}

}  // namespace lapstrake::sandbox
