#include "chunked_upload.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "error_response.hpp"

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

}  // namespace

ChunkedUpload::ChunkedUpload(const UploadTarget& target, UploadSessions& sessions, const std::filesystem::path& file,
                             std::function<void(std::uint64_t)> progress)
    : target_(target),
      sessions_(sessions),
      file_(file),
      progress_(std::move(progress)),
      unit_(std::max<std::uint64_t>(target.options.parts_from, 64)),
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
      http::wait_or_rethrow(target_.options.policy, target_.options.runtime, target_.options.notice, attempt, error);
    }
  }
}

ChunkedUpload::Step ChunkedUpload::step() {
  if (must_resync_ && resync()) return Step::done;
  if (!session_) {
    session_ = sessions_.begin();
    if (session_->least_chunk > most_least_chunk) return Step::unsupported;
  }
  const auto size = std::min(std::max(chunk_, session_->least_chunk), target_.blob.size - offset_);
  const bool is_last = offset_ + size == target_.blob.size;
  sent_end_ = offset_ + size;
  return handle_reply(target_.api.attempt(chunk_request(size, is_last), Access::push), size, is_last);
}

// True: the registry has the blob.
bool ChunkedUpload::resync() {
  if (sent_end_ == target_.blob.size && target_.has_blob()) return true;
  if (session_) offset_ = std::max(offset_, registry_size());
  is_resumed_ = session_.has_value();
  must_resync_ = false;
  return false;
}

http::Request ChunkedUpload::chunk_request(std::uint64_t size, bool is_last) const {
  auto request = sessions_.request(*session_, is_last ? "PUT" : "PATCH");
  if (is_last) request.url = with_query(request.url, "digest", target_.blob.digest.text());
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
    if (is_taken(target_, response)) return Step::done;
    restart(target_.error_of(response, target_.what()));
    return Step::more;
  }
  session_ = sessions_.next(*session_, response);
  chunk_ = std::min(chunk_ * 2, unit_);
  return Step::more;
}

ChunkedUpload::Step ChunkedUpload::handle_error(const http::Response& response, bool is_last) {
  if (is_last && response.status == 409 && target_.has_blob()) return Step::done;
  const auto error = target_.error_of(response, target_.what());
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
  const auto response = target_.api.attempt(sessions_.request(*session_, "GET"), Access::push);
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

}  // namespace lapstrake::registry
