#include <algorithm>
#include <array>
#include <charconv>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/version.hpp>
#include <utility>

#include "characters.hpp"

namespace lapstrake::packages::pip {
namespace {

constexpr std::size_t longest_version = 1024;  // bytes

// Reads text in lower case from left to right.
class VersionReader {
 public:
  explicit VersionReader(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  template <class Predicate>
  std::string_view take_while(Predicate&& is_wanted) {
    const auto end = std::ranges::find_if_not(rest_, is_wanted);
    const auto out = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(out.size());
    return out;
  }
  bool take_separator() {
    if (rest_.empty() || !is_separator(rest_.front())) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<std::uint64_t> number() {
    const auto digits = take_while(is_digit);
    if (digits.empty()) return std::nullopt;
    std::uint64_t out = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), out).ec != std::errc()) is_valid_ = false;
    return out;
  }
  bool is_valid() const { return is_valid_; }

 private:
  std::string_view rest_;
  bool is_valid_ = true;  // all numbers fit
};

using Phase = PreRelease::Phase;
// The longer of two words with the same start comes first.
constexpr std::array<std::pair<std::string_view, Phase>, 8> phases{{{"alpha", Phase::alpha},
                                                                    {"a", Phase::alpha},
                                                                    {"beta", Phase::beta},
                                                                    {"b", Phase::beta},
                                                                    {"preview", Phase::candidate},
                                                                    {"pre", Phase::candidate},
                                                                    {"rc", Phase::candidate},
                                                                    {"c", Phase::candidate}}};

// "[-_.]? WORD [-_.]? DIGITS?" with one of the words: the number, 0 without digits.
std::optional<std::uint64_t> suffix(VersionReader& reader, std::initializer_list<std::string_view> words) {
  VersionReader ahead = reader;
  ahead.take_separator();
  if (std::ranges::none_of(words, [&](std::string_view word) { return ahead.take(word); })) return std::nullopt;
  ahead.take_separator();
  const auto number = ahead.number().value_or(0);
  reader = ahead;
  return number;
}

std::optional<PreRelease> pre_release(VersionReader& reader) {
  for (const auto& [word, phase] : phases)
    if (const auto number = suffix(reader, {word})) return PreRelease{.phase = phase, .number = *number};
  return std::nullopt;
}

std::optional<std::uint64_t> post_release(VersionReader& reader) {
  VersionReader ahead = reader;
  if (ahead.take("-")) {  // the implicit form, "1.0-1"
    if (const auto number = ahead.number()) {
      reader = ahead;
      return number;
    }
  }
  return suffix(reader, {"post", "rev", "r"});
}

// Nothing if it does not start with a number.
std::optional<std::vector<std::uint64_t>> release_numbers(VersionReader& reader) {
  const auto first = reader.number();
  if (!first) return std::nullopt;
  std::vector<std::uint64_t> out{*first};
  for (VersionReader ahead = reader; ahead.take(".");) {
    const auto next = ahead.number();
    if (!next) break;
    out.push_back(*next);
    reader = ahead;
  }
  return out;
}

LocalPart local_part(std::string_view text) {
  if (!std::ranges::all_of(text, is_digit)) return {.is_number = false, .text = std::string(text)};
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  return {.is_number = true, .text = std::string(text)};
}

bool read_local(VersionReader& reader, Version& version) {
  if (!reader.take("+")) return true;
  do {
    const auto part = reader.take_while([](char c) { return is_letter_or_digit(c); });
    if (part.empty()) return false;
    version.local.push_back(local_part(part));
  } while (reader.take_separator());
  return true;
}

// The places of the absent parts in the order: "1.0.dev1" < "1.0a1" < "1.0" < "1.0.post1" (PEP 440, "Summary of
// permitted suffixes and relative ordering").
int place_of_pre(const Version& version) {
  if (version.pre) return 1;
  return version.dev && !version.post ? 0 : 2;
}

std::strong_ordering compare_suffixes(const Version& left, const Version& right) {
  if (const auto order = place_of_pre(left) <=> place_of_pre(right); order != 0) return order;
  if (left.pre && right.pre && left.pre != right.pre) return *left.pre <=> *right.pre;
  if (left.post != right.post) return left.post <=> right.post;  // none comes first
  if (left.dev.has_value() != right.dev.has_value()) return right.dev.has_value() <=> left.dev.has_value();
  return left.dev <=> right.dev;
}

}  // namespace

std::strong_ordering LocalPart::operator<=>(const LocalPart& other) const {
  if (is_number != other.is_number) return is_number <=> other.is_number;
  if (is_number && text.size() != other.text.size()) return text.size() <=> other.text.size();
  return text <=> other.text;
}

std::strong_ordering compare_releases(const std::vector<std::uint64_t>& left, const std::vector<std::uint64_t>& right) {
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::uint64_t a = i < left.size() ? left[i] : 0, b = i < right.size() ? right[i] : 0;
    if (a != b) return a <=> b;
  }
  return std::strong_ordering::equal;
}

std::optional<Version> Version::from_text(std::string_view text) {
  if (text.size() > longest_version) return std::nullopt;
  const std::string lowered = lower(trim(text));
  VersionReader reader(lowered);
  reader.take("v");
  Version out;
  VersionReader ahead = reader;
  if (const auto epoch = ahead.number(); epoch && ahead.take("!")) {
    out.epoch = *epoch;
    reader = ahead;
  }
  auto numbers = release_numbers(reader);
  if (!numbers) return std::nullopt;
  out.release = std::move(*numbers);
  out.pre = pre_release(reader);
  out.post = post_release(reader);
  out.dev = suffix(reader, {"dev"});
  if (!read_local(reader, out) || !reader.at_end() || !reader.is_valid()) return std::nullopt;
  return out;
}

Version Version::parse(std::string_view text) {
  auto version = from_text(text);
  if (!version)
    throw Error(ErrorKind::usage, cat("`", printable(text, 100), "` is not a version"),
                "write it like 1.4.2, 2.0rc1 or 1.0.post1 (PEP 440)");
  return *std::move(version);
}

std::string Version::text() const {
  std::string out = epoch != 0 ? cat(epoch, "!") : "";
  for (std::size_t i = 0; i < release.size(); ++i) out += i == 0 ? cat(release[i]) : cat(".", release[i]);
  constexpr std::array<std::string_view, 3> names{"a", "b", "rc"};
  if (pre) out += cat(names.at(static_cast<std::size_t>(pre->phase)), pre->number);
  if (post) out += cat(".post", *post);
  if (dev) out += cat(".dev", *dev);
  for (std::size_t i = 0; i < local.size(); ++i) out += cat(i == 0 ? "+" : ".", local[i].text);
  return out;
}

Version Version::without_local() const {
  Version out = *this;
  out.local.clear();
  return out;
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  if (epoch != other.epoch) return epoch <=> other.epoch;
  if (const auto order = compare_releases(release, other.release); order != 0) return order;
  if (const auto order = compare_suffixes(*this, other); order != 0) return order;
  return local <=> other.local;
}

}  // namespace lapstrake::packages::pip
