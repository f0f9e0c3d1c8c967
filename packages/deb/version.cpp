#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/version.hpp>

namespace lapstrake::packages::deb {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Parts {
  std::string_view epoch, upstream, revision;
};

Parts parts_of(std::string_view version) {
  Parts out{.epoch = "0", .upstream = version, .revision = ""};
  if (const auto colon = version.find(':'); colon != version.npos) {
    out.epoch = version.substr(0, colon);
    out.upstream = version.substr(colon + 1);
  }
  if (const auto dash = out.upstream.rfind('-'); dash != out.upstream.npos) {
    out.revision = out.upstream.substr(dash + 1);
    out.upstream = out.upstream.substr(0, dash);
  }
  return out;
}

// `~` before the end, the end (and a digit) before letters, letters before all else.
int weight(std::string_view text, std::size_t at) {
  if (at >= text.size() || is_digit(text[at])) return 0;
  if (text[at] == '~') return -1;
  const auto code = static_cast<unsigned char>(text[at]);
  return is_letter(text[at]) ? code : code + 256;
}

std::string_view digits_at(std::string_view text, std::size_t at) {
  auto end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  while (at < end && text[at] == '0') ++at;
  return text.substr(at, end - at);
}

std::strong_ordering compare_digits(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() <=> b.size() : a.compare(b) <=> 0;
}

// dpkg's verrevcmp(): parts that are no digits, and numbers, in turn.
std::strong_ordering compare_part(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    while ((i < a.size() && !is_digit(a[i])) || (j < b.size() && !is_digit(b[j]))) {
      if (const auto order = weight(a, i) <=> weight(b, j); order != 0) return order;
      ++i, ++j;
    }
    if (const auto order = compare_digits(digits_at(a, std::min(i, a.size())), digits_at(b, std::min(j, b.size())));
        order != 0)
      return order;
    while (i < a.size() && is_digit(a[i])) ++i;
    while (j < b.size() && is_digit(b[j])) ++j;
  }
  return std::strong_ordering::equal;
}

}  // namespace

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  const auto left = parts_of(a), right = parts_of(b);
  if (const auto order = compare_digits(digits_at(left.epoch, 0), digits_at(right.epoch, 0)); order != 0) return order;
  if (const auto order = compare_part(left.upstream, right.upstream); order != 0) return order;
  return compare_part(left.revision, right.revision);
}

bool is_version(std::string_view text) {
  const auto parts = parts_of(text);
  const auto is_allowed = [](std::string_view part, std::string_view more) {
    return std::ranges::all_of(part, [&](char c) { return is_digit(c) || is_letter(c) || more.find(c) != more.npos; });
  };
  return !parts.epoch.empty() && parts.epoch.size() < 10 && std::ranges::all_of(parts.epoch, is_digit) &&
         !parts.upstream.empty() && is_digit(parts.upstream.front()) && is_allowed(parts.upstream, ".+-~:") &&
         is_allowed(parts.revision, ".+~") && !text.ends_with('-') && text.size() <= 500;
}

bool is_package_name(std::string_view text) {
  const auto is_small = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c); };
  return text.size() >= 2 && text.size() <= 200 && is_small(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_small(c) || c == '+' || c == '-' || c == '.'; });
}

std::string architecture_of(std::string_view oci_architecture, std::string_view variant) {
  if (oci_architecture == "arm") return variant.empty() || variant == "v7" ? "armhf" : "armel";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> names{{{"amd64", "amd64"},
                                                                                {"arm64", "arm64"},
                                                                                {"386", "i386"},
                                                                                {"ppc64le", "ppc64el"},
                                                                                {"s390x", "s390x"},
                                                                                {"riscv64", "riscv64"},
                                                                                {"mips64le", "mips64el"}}};
  for (const auto& [oci, debian] : names)
    if (oci == oci_architecture) return std::string(debian);
  throw Error(ErrorKind::usage,
              cat("Debian has no packages for the architecture `", printable(oci_architecture, 100), "`"),
              "remove the platform, or the `deb:` step");
}

std::string file_name(std::string_view package, std::string_view version, std::string_view architecture) {
  std::string plain(version);
  if (const auto colon = plain.find(':'); colon != plain.npos) plain.replace(colon, 1, "%3a");
  return cat(package, "_", plain, "_", architecture, ".deb");
}

}  // namespace lapstrake::packages::deb
