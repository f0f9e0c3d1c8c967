#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "error_response.hpp"
#include "upload.hpp"

namespace lapstrake::registry {
namespace {

constexpr unsigned most_offset_mismatches = 3;  // consecutive: F14

// "0-N": the session has N + 1 bytes; "0-0" may also mean that it is empty.
std::uint64_t length_of(const http::Headers& headers) {
  std::string_view text;
  const auto field = headers.find("Range");
  if (field) text = trim(*field);
  if (text.starts_with("bytes=")) text.remove_prefix(6);
  if (!text.starts_with("0-")) return 0;
  const auto last = parse_integer(text.substr(2));
  return last && *last > 0 ? static_cast<std::uint64_t>(*last) + 1 : 0;
}

// The first chunk has half of `parts_from` bytes; the size doubles after each success and halves after each failure.
// The closing PUT carries the last chunk (openai/tart#159: ECR fails on an empty one). The offset is our own count:
// ECR's Range stops growing (aws/containers-roadmap#2831), so the registry's offset counts only if it is larger.
class ChunkedUpload {
 public:
  ChunkedUpload(UploadSessions& sessions, const std::filesystem::path& file,
                std::function<void(std::uint64_t)> progress);

  bool send();

 private:
  enum class Step { more, done, unsupported };
  Step step();
  bool resync();
  http::Request chunk_request(std::uint64_t size, bool is_last) const;
  Step handle_reply(const http::Response& response, std::uint64_t size, bool is_last);
  Step handle_error(const http::Response& response, bool is_last);
  Step offset_mismatch(const Error& error);
  Step lose_session(const Error& error);
  std::uint64_t registry_size();
  void restart(const Error& error);

  UploadSessions& sessions_;
  const std::filesystem::path& file_;
  std::function<void(std::uint64_t)> progress_;
  const std::uint64_t unit_;
  std::uint64_t chunk_;
  std::optional<UploadSession> session_ = std::nullopt;
  std::uint64_t offset_ = 0;    // bytes that the registry has
  std::uint64_t sent_end_ = 0;  // end of the last chunk sent: the registry cannot have more
  bool must_resync_ = false;    // a chunk failed, and how much of it arrived is unknown
  bool is_resumed_ = false;     // and no chunk was accepted since
  unsigned lost_sessions_ = 0, offset_mismatches_ = 0;
};

ChunkedUpload::ChunkedUpload(UploadSessions& sessions, const std::filesystem::path& file,
                             std::function<void(std::uint64_t)> progress)
    : sessions_(sessions),
      file_(file),
      progress_(std::move(progress)),
      unit_(std::max<std::uint64_t>(sessions.options().parts_from, 64)),
      chunk_(unit_ / 2) {}

bool ChunkedUpload::send() {
  std::uint64_t highest_offset = 0;
  for (unsigned attempt = 1;; ++attempt) {
    try {
      for (;;) {
        const auto next = step();
        if (next != Step::more) return next == Step::done;
      }
    } catch (Error& error) {
      must_resync_ = true;
      chunk_ = std::max(chunk_ / 2, unit_ / 8);
      if (offset_ >= highest_offset + unit_ / 64) attempt = 1;
      highest_offset = std::max(highest_offset, offset_);
      const auto& options = sessions_.options();
      http::wait_or_rethrow(options.policy, options.runtime, options.notice, attempt, error);
    }
  }
}

ChunkedUpload::Step ChunkedUpload::step() {
  if (must_resync_ && resync()) return Step::done;
  if (!session_) {
    session_ = sessions_.begin();
    if (session_->least_chunk > most_least_chunk) return Step::unsupported;
  }
  const auto size = std::min(std::max(chunk_, session_->least_chunk), sessions_.blob().size - offset_);
  const bool is_last = offset_ + size == sessions_.blob().size;
  sent_end_ = offset_ + size;
  return handle_reply(sessions_.registry().attempt(chunk_request(size, is_last), Access::push), size, is_last);
}

// True: the registry has the blob.
bool ChunkedUpload::resync() {
  if (sent_end_ == sessions_.blob().size && sessions_.has_blob()) return true;
  if (session_) offset_ = std::max(offset_, registry_size());
  is_resumed_ = session_.has_value();
  must_resync_ = false;
  return false;
}

http::Request ChunkedUpload::chunk_request(std::uint64_t size, bool is_last) const {
  auto request = sessions_.request(*session_, is_last ? "PUT" : "PATCH");
  if (is_last) request.url = with_query(request.url, "digest", sessions_.blob().digest.text());
  request.headers.set("Content-Type", "application/octet-stream");
  if (size > 0) request.headers.set("Content-Range", cat(offset_, "-", offset_ + size - 1));
  request.body = http::FileRange{file_, offset_, size};
  if (progress_) request.progress = [this](std::uint64_t sent) { progress_(offset_ + sent); };
  return request;
}

ChunkedUpload::Step ChunkedUpload::handle_reply(const http::Response& response, std::uint64_t size, bool is_last) {
  const auto status = response.status;
  const bool is_good = status == 200 || status == 201 || status == 204 || (status == 202 && !is_last);
  if (!is_good) return handle_error(response, is_last);
  offset_ += size;
  offset_mismatches_ = 0;
  is_resumed_ = false;
  if (is_last) {
    sessions_.ended(*session_);
    if (sessions_.is_taken(response)) return Step::done;
    restart(sessions_.error_of(response));
    return Step::more;
  }
  session_ = sessions_.next(*session_, response);
  chunk_ = std::min(chunk_ * 2, unit_);
  return Step::more;
}

ChunkedUpload::Step ChunkedUpload::handle_error(const http::Response& response, bool is_last) {
  if (is_last && response.status == 409 && sessions_.has_blob()) return Step::done;
  const auto error = sessions_.error_of(response);
  if (response.status == 416) return offset_mismatch(error);
  if (is_lost_session(response, error)) return lose_session(error);
  // A registry or a proxy that does not support PATCH.
  const bool is_unknown = response.status == 400 || response.status == 405 || response.status == 411 ||
                          response.status == 415 || response.status == 501;
  if (!is_last && offset_ == 0 && is_unknown) return Step::unsupported;
  throw error;
}

// The registry expects another offset. ECR does not report it reliably (its Range stops growing), so retry once from
// our own offset.
ChunkedUpload::Step ChunkedUpload::offset_mismatch(const Error& error) {
  if (++offset_mismatches_ > most_offset_mismatches) throw error;
  const auto registry_offset = registry_size();
  if (registry_offset > offset_)
    offset_ = registry_offset;
  else if (offset_mismatches_ > 1)
    return lose_session(error);
  return Step::more;
}

ChunkedUpload::Step ChunkedUpload::lose_session(const Error& error) {
  if (is_resumed_) return Step::unsupported;
  restart(error);
  return Step::more;
}

// The bytes that the registry reports; 0 if it reports none (ECR Public answers 404 during an upload) or more than were
// sent.
std::uint64_t ChunkedUpload::registry_size() {
  const auto response = sessions_.registry().attempt(sessions_.request(*session_, "GET"), Access::push);
  if (response.status < 200 || response.status > 204) return 0;
  session_ = sessions_.next(*session_, response);
  const auto length = length_of(response.headers);
  return length <= sent_end_ ? length : 0;
}

void ChunkedUpload::restart(const Error& error) {
  if (session_) sessions_.ended(*session_);
  if (++lost_sessions_ >= most_sessions) throw error;
  session_.reset();
  offset_ = sent_end_ = 0;
}

}  // namespace

bool send_in_chunks(UploadSessions& sessions, const std::filesystem::path& file,
                    const std::function<void(std::uint64_t sent)>& progress) {
  return ChunkedUpload(sessions, file, progress).send();
}

}  // namespace lapstrake::registry
