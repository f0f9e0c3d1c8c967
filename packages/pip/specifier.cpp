#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/specifier.hpp>
#include <utility>

namespace lapstrake::packages::pip {
namespace {

constexpr std::size_t longest_set = 16 * 1024;  // bytes
constexpr std::size_t most_specifiers = 1000;

// In the order of VersionOperator.
constexpr std::array<std::string_view, 8> version_operators{"~=", "==", "!=", "<=", ">=", "<", ">", "==="};

std::optional<VersionOperator> take_operator(std::string_view& text) {
  std::optional<VersionOperator> best;
  std::size_t length = 0;
  for (std::size_t i = 0; i < version_operators.size(); ++i) {
    if (!text.starts_with(version_operators.at(i)) || version_operators.at(i).size() <= length) continue;
    best = static_cast<VersionOperator>(i);
    length = version_operators.at(i).size();
  }
  text.remove_prefix(length);
  return best;
}

bool is_equality(VersionOperator op) { return op == VersionOperator::equal || op == VersionOperator::not_equal; }

bool is_literal(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != ';' && c != ')'; });
}

// PEP 440 allows local labels and prefixes only after == and !=, and ~= only with two parts or more.
bool is_valid(const Specifier& specifier) {
  const auto& version = specifier.version;
  if (specifier.is_prefix) return is_equality(specifier.op) && !version.dev && version.local.empty();
  if (specifier.op == VersionOperator::compatible) return version.release.size() >= 2 && version.local.empty();
  return is_equality(specifier.op) || version.local.empty();
}

bool has_same_release(const Version& left, const Version& right) {
  return left.epoch == right.epoch && compare_releases(left.release, right.release) == 0;
}

bool starts_with(const Version& candidate, const Version& prefix) {
  if (candidate.epoch != prefix.epoch) return false;
  if (prefix.pre || prefix.post)
    return has_same_release(candidate, prefix) && candidate.pre == prefix.pre &&
           (!prefix.post || candidate.post == prefix.post);
  auto release = candidate.release;
  release.resize(prefix.release.size());
  return release == prefix.release;
}

bool is_equal(const Version& candidate, const Specifier& specifier) {
  if (specifier.is_prefix) return starts_with(candidate, specifier.version);
  return specifier.version.local.empty() ? candidate.without_local() == specifier.version
                                         : candidate == specifier.version;
}

bool is_compatible(const Version& candidate, const Version& version) {
  Version prefix{.epoch = version.epoch, .release = version.release};
  prefix.release.pop_back();
  return candidate.without_local() >= version && starts_with(candidate, prefix);
}

// "<3.1" does not contain the pre-releases of 3.1, unless it names one itself. Their first one is 3.1.dev0.
bool is_less(const Version& candidate, const Version& version) {
  if (version.is_pre_release()) return candidate < version;
  Version first = version;
  first.dev = 0;
  return candidate < first;
}

// ">3.1" contains neither the post-releases of 3.1, unless it names one itself, nor "3.1+local".
bool is_greater(const Version& candidate, const Version& version) {
  if (candidate.without_local() <= version) return false;
  const bool has_posts = !version.post && !version.dev;
  return !has_posts || !candidate.post || !has_same_release(candidate, version) || candidate.pre != version.pre;
}

}  // namespace

std::string_view text(VersionOperator op) { return version_operators.at(static_cast<std::size_t>(op)); }

std::optional<Specifier> Specifier::from_text(std::string_view text) {
  text = trim(text);
  const auto op = take_operator(text);
  if (!op) return std::nullopt;
  text = trim(text);
  Specifier out{.op = *op};
  if (*op == VersionOperator::identical) {
    out.literal = std::string(text);
    if (auto version = Version::from_text(text)) out.version = *std::move(version);
    return is_literal(text) ? std::optional(std::move(out)) : std::nullopt;
  }
  if (text.ends_with(".*")) {
    out.is_prefix = true;
    text.remove_suffix(2);
  }
  auto version = Version::from_text(text);
  if (!version) return std::nullopt;
  out.version = *std::move(version);
  return is_valid(out) ? std::optional(std::move(out)) : std::nullopt;
}

bool Specifier::contains(const Version& candidate) const {
  switch (op) {
    case VersionOperator::compatible: return is_compatible(candidate, version);
    case VersionOperator::equal: return is_equal(candidate, *this);
    case VersionOperator::not_equal: return !is_equal(candidate, *this);
    case VersionOperator::at_most: return candidate.without_local() <= version;
    case VersionOperator::at_least: return candidate.without_local() >= version;
    case VersionOperator::less: return is_less(candidate, version);
    case VersionOperator::greater: return is_greater(candidate, version);
    case VersionOperator::identical: return candidate.text() == lower(literal);
  }
  return false;
}

std::string Specifier::text() const {
  const auto shown = op == VersionOperator::identical ? literal : version.text();
  return cat(pip::text(op), shown, is_prefix ? ".*" : "");
}

std::optional<SpecifierSet> SpecifierSet::from_text(std::string_view text) {
  if (text.size() > longest_set) return std::nullopt;
  std::vector<Specifier> out;
  for (const auto& part : split(text, ',')) {
    if (trim(part).empty()) continue;
    auto specifier = Specifier::from_text(part);
    if (!specifier || out.size() == most_specifiers) return std::nullopt;
    out.push_back(*std::move(specifier));
  }
  return SpecifierSet(std::move(out));
}

SpecifierSet SpecifierSet::parse(std::string_view text) {
  auto set = from_text(text);
  if (!set)
    throw Error(ErrorKind::usage, cat("`", printable(text, 200), "` is not a list of version specifiers"),
                "write it like >=1.4,<2 or ==1.4.2 (PEP 440)");
  return *std::move(set);
}

bool SpecifierSet::contains(const Version& candidate, PreReleases rule) const {
  const auto names_one = [](const Specifier& specifier) {
    return specifier.op != VersionOperator::not_equal && specifier.version.is_pre_release();
  };
  if (rule == PreReleases::if_named && candidate.is_pre_release() && std::ranges::none_of(specifiers_, names_one))
    return false;
  return std::ranges::all_of(specifiers_, [&](const Specifier& specifier) { return specifier.contains(candidate); });
}

std::optional<Version> SpecifierSet::pinned() const {
  if (specifiers_.size() != 1) return std::nullopt;
  const auto& only = specifiers_.front();
  if (only.op == VersionOperator::equal && !only.is_prefix) return only.version;
  if (only.op == VersionOperator::identical) return Version::from_text(only.literal);
  return std::nullopt;
}

std::string SpecifierSet::text() const {
  std::vector<std::string> parts;
  for (const auto& specifier : specifiers_) parts.push_back(specifier.text());
  return join(parts, ",");
}

}  // namespace lapstrake::packages::pip
