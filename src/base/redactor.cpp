#include <algorithm>
#include <array>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/redactor.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "escapes.hpp"

namespace lapstrake {
namespace {

constexpr std::string_view mark = "REDACTED", ellipsis = "...";
constexpr std::size_t most_readings = 4;     // of one text at once: time is bounded
constexpr std::size_t least_by_design = 12;  // hex digits
constexpr std::size_t least_encoded = 8;     // base64 of one secret at each alignment
constexpr std::size_t sure_length = 64;      // bytes: what says as much of a secret goes, whatever follows

std::string for_addresses(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

// What base64 makes of `secret` when `before` bytes stand before it, without the characters that others have a part in.
std::string base64_inside(std::string_view secret, std::size_t before) {
  const auto encoded = base64(as_bytes(cat(std::string(before, 'x'), secret)));
  const std::size_t first = (before * 8 + 5) / 6, bits = (before + secret.size()) * 8;
  return encoded.substr(first, bits / 6 - first);
}

std::string capital(std::string text) {
  for (auto& c : text)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// Whether text[at, end) is a part of a digest (32 or 64 bytes in hex), which is public and must stay as it is. What is
// long is in no digest by chance: it is a secret in other bytes that happen to be that many.
bool is_in_digest(std::string_view text, std::size_t at, std::size_t end) {
  if (end - at >= least_by_design) return false;
  if (!std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(end),
                   is_hex_digit))
    return false;
  std::size_t first = at, last = end;
  while (first > 0 && is_hex_digit(text[first - 1])) --first;
  while (last < text.size() && is_hex_digit(text[last])) ++last;
  return last - first > end - at && (last - first == 64 || last - first == 128);
}

// Whether it is plain at a glance that the text at `at` does not go on as `needle` does.
bool differs_at_once(std::string_view text, std::size_t at, std::string_view needle) {
  if (starts_escape(text[at]) || at + 1 >= text.size()) return false;
  const char next = text[at + 1];
  return next != needle[1] && !starts_escape(next);
}

// Where the text that says `needle` from `at` on ends, in whatever escapes; npos when it says something else. A long
// beginning of it is enough, so that each byte of a text is looked at a bounded number of times.
std::size_t end_of_match(std::string_view text, std::size_t at, std::string_view needle) {
  if (differs_at_once(text, at, needle)) return text.npos;
  std::map<std::size_t, std::set<std::size_t>> open{{0, {at}}};  // how much was said: where the text may go on
  std::size_t surely = text.npos;                                // the end of what is long enough
  while (!open.empty()) {
    const auto [said, places] = *open.begin();
    open.erase(open.begin());
    if (said == needle.size()) return *places.rbegin();
    if (said >= sure_length) surely = *places.rbegin();
    for (const auto place : places) {
      const auto rest = text.substr(place);
      if (said >= Redactor::least_length && rest.starts_with(ellipsis)) return place;
      if (rest.empty()) continue;
      for (const auto& reading : readings(rest))
        if (needle.substr(said).starts_with(reading.bytes)) {
          auto& next = open[said + reading.bytes.size()];
          next.insert(place + reading.length);
          if (next.size() > most_readings) next.erase(std::prev(next.end()));
        }
    }
  }
  return surely;
}

}  // namespace

struct Redactor::State {
  mutable std::mutex mutex;
  std::set<std::string, std::less<>> known;
  std::array<std::vector<std::string>, 256> needles;  // by their first byte, the longest first

  void add(std::string needle) {
    if (needle.size() < least_length || !known.insert(needle).second) return;
    auto& list = needles[static_cast<unsigned char>(needle.front())];
    const auto place =
        std::find_if(list.begin(), list.end(), [&](const auto& other) { return other.size() < needle.size(); });
    list.insert(place, std::move(needle));
  }

  void add_encodings(std::string_view text) {
    const auto whole = base64(as_bytes(text));
    for (const auto& encoded : {whole, for_addresses(whole)}) {
      add(encoded);
      add(encoded.substr(0, encoded.find('=')));
    }
    for (std::size_t before = 0; before < 3; ++before)
      if (const auto encoded = base64_inside(text, before); encoded.size() >= least_encoded) {
        add(encoded);
        add(for_addresses(encoded));
      }
    const auto digits = hex(as_bytes(text));
    add(digits);
    add(capital(digits));
  }

  std::size_t secret_from(char first, std::string_view text, std::size_t at) const {
    for (const auto& needle : needles[static_cast<unsigned char>(first)])
      if (const auto end = end_of_match(text, at, needle); end != text.npos && !is_in_digest(text, at, end)) return end;
    return text.npos;
  }

  // The end of the secret that begins at `at`, or npos.
  std::size_t secret_at(std::string_view text, std::size_t at) const {
    if (!starts_escape(text[at])) return secret_from(text[at], text, at);
    for (const auto& reading : readings(text.substr(at)))
      if (const auto end = secret_from(reading.bytes.front(), text, at); end != text.npos) return end;
    return text.npos;
  }
};

Redactor::Redactor() : state_(std::make_unique<State>()) {}
Redactor::~Redactor() = default;

void Redactor::learn(std::string_view secret) {
  const std::lock_guard lock(state_->mutex);
  if (secret.size() < least_length || state_->known.contains(secret)) return;
  state_->add(std::string(secret));
  state_->add_encodings(secret);
  // As it was sent in a form or an address, of which others encode the whole.
  if (const auto sent = percent_encode(secret); sent != secret) state_->add_encodings(sent);
}

void Redactor::learn_login(std::string_view user, std::string_view password) {
  learn(password);
  if (password.empty()) return;
  learn(cat(user, ":", password));
}

std::string Redactor::redacted(std::string_view text) const {
  const std::lock_guard lock(state_->mutex);
  if (state_->known.empty()) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = state_->secret_at(text, at);
    if (end == text.npos) {
      out += text[at++];
      continue;
    }
    out += mark;
    at = end;
  }
  return out;
}

}  // namespace lapstrake
