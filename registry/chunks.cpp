#include "chunks.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "refusal.hpp"

namespace lapstrake::registry {
namespace {

constexpr unsigned most_misfits = 3;  // in a row: F14

// "0-N", of a session that has N + 1 bytes; an empty one says "0-0" too.
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

Chunks::Chunks(const Target& target, Sessions& sessions, const std::filesystem::path& file,
               std::function<void(std::uint64_t)> progress)
    : target_(target),
      sessions_(sessions),
      file_(file),
      progress_(std::move(progress)),
      unit_(std::max<std::uint64_t>(target.options.parts_from, 64)),
      chunk_(unit_ / 2) {}

bool Chunks::send() {
  std::uint64_t furthest = 0;
  for (unsigned attempt = 1;; ++attempt) {
    try {
      for (;;) {
        const auto next = step();
        if (next != Step::more) return next == Step::done;
      }
    } catch (Error& error) {
      in_doubt_ = true;
      chunk_ = std::max(chunk_ / 2, unit_ / 8);
      if (place_ >= furthest + unit_ / 64) attempt = 1;
      furthest = std::max(furthest, place_);
      http::wait_or_rethrow(target_.options.policy, target_.options.runtime, target_.options.notice, attempt, error);
    }
  }
}

Chunks::Step Chunks::step() {
  if (in_doubt_ && settle()) return Step::done;
  if (!session_) {
    session_ = sessions_.begin();
    if (session_->least_chunk > most_least_chunk) return Step::refused;
  }
  const auto size = std::min(std::max(chunk_, session_->least_chunk), target_.blob.size - place_);
  const bool is_last = place_ + size == target_.blob.size;
  reach_ = place_ + size;
  return judge(target_.exchange.attempt(part(size, is_last), Access::push), size, is_last);
}

// True: the blob is there.
bool Chunks::settle() {
  if (reach_ == target_.blob.size && target_.has()) return true;
  if (session_) place_ = std::max(place_, confirmed());
  is_resumed_ = session_.has_value();
  in_doubt_ = false;
  return false;
}

http::Request Chunks::part(std::uint64_t size, bool is_last) const {
  auto request = sessions_.request(*session_, is_last ? "PUT" : "PATCH");
  if (is_last) request.url = with_query(request.url, "digest", target_.blob.digest.text());
  request.headers.set("Content-Type", "application/octet-stream");
  if (size > 0) request.headers.set("Content-Range", cat(place_, "-", place_ + size - 1));
  request.body = http::FileRange{file_, place_, size};
  if (progress_) request.progress = [this](std::uint64_t sent) { progress_(place_ + sent); };
  return request;
}

Chunks::Step Chunks::judge(const http::Response& response, std::uint64_t size, bool is_last) {
  const auto status = response.status;
  const bool is_good = status == 200 || status == 201 || status == 204 || (status == 202 && !is_last);
  if (!is_good) return refuse(response, is_last);
  place_ += size;
  misfits_ = 0;
  is_resumed_ = false;
  if (is_last) {
    sessions_.ended(*session_);
    if (is_taken(target_, response)) return Step::done;
    begin_anew(target_.refusal(response, target_.what()));
    return Step::more;
  }
  session_ = sessions_.next(*session_, response);
  chunk_ = std::min(chunk_ * 2, unit_);
  return Step::more;
}

Chunks::Step Chunks::refuse(const http::Response& response, bool is_last) {
  if (is_last && response.status == 409 && target_.has()) return Step::done;
  const auto error = target_.refusal(response, target_.what());
  if (response.status == 416) return misfit(error);
  if (is_lost_session(response, error)) return lose_session(error);
  // A registry, or a proxy, that knows no PATCH.
  const bool is_unknown = response.status == 400 || response.status == 405 || response.status == 411 ||
                          response.status == 415 || response.status == 501;
  if (!is_last && place_ == 0 && is_unknown) return Step::refused;
  throw error;
}

// The registry is at another place. ECR says neither where (its Range stands still) nor, at times, the truth: so once
// more from our own place.
Chunks::Step Chunks::misfit(const Error& error) {
  if (++misfits_ > most_misfits) throw error;
  const auto theirs = confirmed();
  if (theirs > place_)
    place_ = theirs;
  else if (misfits_ > 1)
    return lose_session(error);
  return Step::more;
}

Chunks::Step Chunks::lose_session(const Error& error) {
  if (is_resumed_) return Step::refused;
  begin_anew(error);
  return Step::more;
}

// What the registry has; nothing where it does not say (ECR Public: 404 in the midst of an upload), and never more than
// it can have.
std::uint64_t Chunks::confirmed() {
  const auto response = target_.exchange.attempt(sessions_.request(*session_, "GET"), Access::push);
  if (response.status < 200 || response.status > 204) return 0;
  session_ = sessions_.next(*session_, response);
  const auto length = length_of(response.headers);
  return length <= reach_ ? length : 0;
}

void Chunks::begin_anew(const Error& error) {
  if (session_) sessions_.ended(*session_);
  if (++lost_sessions_ >= most_sessions) throw error;
  session_.reset();
  place_ = reach_ = 0;
}

}  // namespace lapstrake::registry
