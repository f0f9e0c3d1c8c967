// A large blob's way up in pieces, for a connection that carries no single PUT to its end: what has arrived stays
// there.
#pragma once
#include <functional>

#include "session.hpp"

namespace lapstrake::registry {

// Pieces have half of `parts_from` at first, twice as much after each that arrived, half as much after each that did
// not; the last one goes with the closing PUT (openai/tart#159: ECR fails on an empty one). The place is our own count:
// ECR's Range stands still (aws/containers-roadmap#2831), so the registry's word is taken only where it has moved.
class Chunks {
 public:
  Chunks(const Target& target, Sessions& sessions, const std::filesystem::path& file,
         std::function<void(std::uint64_t)> progress);

  // False: this registry takes no chunks, or loses the whole session with a broken one (distribution 2.8 does), so that
  // one PUT has the better chance. Attempts that bring bytes across do not count against the policy's.
  bool send();

 private:
  enum class Step { more, done, refused };
  Step step();
  bool settle();
  http::Request part(std::uint64_t size, bool is_last) const;
  Step judge(const http::Response& response, std::uint64_t size, bool is_last);
  Step refuse(const http::Response& response, bool is_last);
  Step misfit(const Error& error);
  Step lose_session(const Error& error);
  std::uint64_t confirmed();
  void begin_anew(const Error& error);

  const Target& target_;
  Sessions& sessions_;
  const std::filesystem::path& file_;
  std::function<void(std::uint64_t)> progress_;
  const std::uint64_t unit_;
  std::uint64_t chunk_;
  std::optional<Session> session_ = std::nullopt;
  std::uint64_t place_ = 0;  // what the registry has
  std::uint64_t reach_ = 0;  // where the last part was to end: it cannot have more
  bool in_doubt_ = false;    // a part failed, and how much of it arrived is not known
  bool is_resumed_ = false;  // and none has been taken since
  unsigned lost_sessions_ = 0, misfits_ = 0;
};

}  // namespace lapstrake::registry
