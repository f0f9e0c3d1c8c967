#include "transfer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::http {
namespace {

constexpr std::size_t most_headers = 256u << 10;
constexpr std::size_t most_error_body = 64u << 10;  // likewise
constexpr std::chrono::seconds most_patience{600};
constexpr std::size_t least_speed = 16u << 10;  // bytes per second of a reply without a sink, after the first minute

FileDescriptor open_range(const FileRange& range) {
  FileDescriptor fd(::open(range.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) throw Error(ErrorKind::input, cat("cannot read `", range.path.string(), "`: ", reason(errno)));
  return fd;
}

std::size_t read_at(int fd, const FileRange& range, std::uint64_t place, char* room, std::size_t size) {
  for (;;) {
    const auto count = ::pread(fd, room, size, static_cast<off_t>(range.offset + place));
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == 0)
      throw Error(ErrorKind::integrity, cat("`", range.path.string(), "` shrank while it was being sent"));
    if (errno != EINTR) throw Error(ErrorKind::input, cat("cannot read `", range.path.string(), "`: ", reason(errno)));
  }
}

}  // namespace

Transfer::Transfer(const Request& request, const CurlOptions& options) : request_(request), options_(options) {
  if (const auto* range = std::get_if<FileRange>(&request.body)) file_ = open_range(*range);
  response_.url = request.url;
}

std::size_t Transfer::read_body(char* room, std::size_t size) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, length(request_.body) - place_));
  if (wanted == 0) return 0;
  std::size_t count = wanted;
  if (const auto* text = std::get_if<std::string>(&request_.body))
    std::memcpy(room, text->data() + place_, wanted);
  else
    count = read_at(file_.get(), std::get<FileRange>(request_.body), place_, room, wanted);
  if (request_.before_send) request_.before_send(place_, as_bytes({room, count}));
  place_ += count;
  return count;
}

void Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > most_headers)
    throw Error(ErrorKind::integrity, cat("`", request_.url.authority(), "` sent more than 256 KiB of headers"));
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // also "100 Continue": the last block belongs to the reply
    response_.headers = {};
    replied_at_ = Steady::now();
    const auto blank = line.find(' ');
    response_.status = static_cast<int>(parse_integer(line.substr(0, blank + 4).substr(blank + 1)).value_or(0));
    return;
  }
  const auto colon = line.find(':');
  if (colon == line.npos || colon == 0) return;
  try {
    response_.headers.add(line.substr(0, colon), trim(line.substr(colon + 1)));
  } catch (const Error&) {
    // An invalid name or a NUL byte: not a header that anyone reads.
  }
}

bool Transfer::take_body(std::string_view bytes) {
  const bool wanted = response_.status >= 200 && response_.status < 300;
  if (wanted && request_.sink) {
    if (request_.on_response && !begun_) request_.on_response(response_);
    begun_ = true;
    request_.sink(as_bytes(bytes));
    return true;
  }
  const auto cap = wanted ? request_.most_reply : std::min(request_.most_reply, most_error_body);
  if (response_.body.size() + bytes.size() > cap) {
    if (wanted)
      throw Error(ErrorKind::integrity,
                  cat("the reply of ", redacted(request_.url), " is longer than ", human_size(cap)));
    response_.body += bytes.substr(0, cap - response_.body.size());
    cut_short_ = true;
    return false;
  }
  response_.body += bytes;
  return true;
}

void Transfer::watch(std::uint64_t received, std::uint64_t sent) {
  if (!is_cancel_request(request_)) stop_point(options_.runtime.stop);
  if (request_.progress && sent != reported_) request_.progress(reported_ = sent);
  const auto now = Steady::now();
  // Other threads may wait for the reply (a token of 1 MiB gets two minutes), and a slow trickle passes the check
  // below.
  const auto most_time = options_.low_speed_time + std::chrono::seconds(request_.most_reply / least_speed);
  if (response_.status >= 200 && !request_.sink && now - replied_at_ > most_time)
    throw Error(ErrorKind::network, cat("`", request_.url.authority(), "` is too slow: its reply takes more than ",
                                        most_time.count(), " s"))
        .transient();
  const auto body = length(request_.body);
  auto patience = options_.low_speed_time;
  if (body > 0 && sent >= body && received == 0)
    patience = std::min(most_patience, patience + std::chrono::seconds(body >> 20));
  if (now - window_ < patience) return;
  const auto least = options_.low_speed_bytes * static_cast<std::uint64_t>(patience.count());
  if (received + sent - moved_ < least)
    throw Error(ErrorKind::network, cat("`", request_.url.authority(), "` is too slow: ",
                                        human_size(received + sent - moved_), " in ", patience.count(), " s"))
        .transient();
  window_ = now;
  moved_ = received + sent;
}

void Transfer::refuse_address(AddressKind kind) const {
  if (kind <= request_.max_address_kind) return;
  throw Error(ErrorKind::network,
              cat("refusing to connect to `", request_.url.authority(), "`, which came from a server's reply: it is ",
                  name_of(kind)),
              "correct the configuration of the server that names this address");
}

Response Transfer::finish() && {
  // The request has `Accept-Encoding: identity`.
  const auto encoding = response_.headers.find("Content-Encoding");
  if (!request_.sink && !response_.body.empty() && response_.status < 300 && encoding &&
      lower(*encoding) != "identity" && !encoding->empty())
    throw Error(ErrorKind::integrity,
                cat(redacted(request_.url), " sent the content encoding `", printable(*encoding, 64),
                    "`, which was not requested"),
                "a proxy may be changing the replies: add the host to NO_PROXY");
  return std::move(response_);
}

}  // namespace lapstrake::http
