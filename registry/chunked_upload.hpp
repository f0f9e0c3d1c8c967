// Uploads a large blob in chunks, for connections that break before a single PUT ends: received chunks are kept.
#pragma once
#include <functional>

#include "upload_session.hpp"

namespace lapstrake::registry {

// The first chunk has half of `parts_from` bytes; the size doubles after each success and halves after each failure.
// The closing PUT carries the last chunk (openai/tart#159: ECR fails on an empty one). The offset is our own count:
// ECR's Range stops growing (aws/containers-roadmap#2831), so the registry's offset counts only if it is larger.
class ChunkedUpload {
 public:
  ChunkedUpload(const UploadTarget& target, UploadSessions& sessions, const std::filesystem::path& file,
                std::function<void(std::uint64_t)> progress);

  // False: this registry does not support chunks, or drops the session after a broken chunk (distribution 2.8 does), so
  // that a single PUT is more likely to succeed. Attempts that transfer bytes do not count as attempts of the policy.
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

  const UploadTarget& target_;
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

}  // namespace lapstrake::registry
