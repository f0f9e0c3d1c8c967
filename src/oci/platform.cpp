#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/platform.hpp>
#include <vector>

namespace lapstrake::oci {
namespace {

// GOARCH's names (image-spec config.md, "architecture"), without those that no Linux image has.
const std::vector<std::string>& architectures() {
  static const std::vector<std::string> names{"amd64",  "arm64",    "arm",     "386",     "loong64", "mips", "mips64",
                                              "mipsle", "mips64le", "ppc64le", "riscv64", "s390x",   "wasm"};
  return names;
}

bool is_known(const std::string& architecture) { return std::ranges::count(architectures(), architecture) != 0; }

// What uname and rpm call them.
std::string go_name(std::string_view name) {
  if (name == "x86_64" || name == "x86-64") return "amd64";
  if (name == "aarch64" || name == "armv8") return "arm64";
  if (name == "i386" || name == "i686" || name == "x86") return "386";
  if (name == "armhf" || name == "armv7l") return "arm";
  return nearest(name, architectures()).value_or("");
}

[[noreturn]] void refuse_platform(std::string_view text, std::string_view why, const std::string& help = {}) {
  throw Error(ErrorKind::usage, cat("`", printable(text, 80), "` is not a platform: ", why),
              help.empty() ? "write it as OS/ARCHITECTURE[/VARIANT], for example linux/amd64 or linux/arm64" : help);
}

// image-index.md's table: arm64 has v8 alone; containerd and docker read a lone `arm` as v7 and a lone `amd64` as v1.
std::string_view usual_variant(std::string_view architecture) {
  if (architecture == "arm64") return "v8";
  if (architecture == "arm") return "v7";
  if (architecture == "amd64") return "v1";
  return {};
}

std::string_view full_variant(const Platform& platform) {
  return platform.variant.empty() ? usual_variant(platform.architecture) : std::string_view(platform.variant);
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace

Platform Platform::parse(std::string_view text) {
  std::vector<std::string> parts = split(text, '/');
  if (parts.size() == 1) parts.insert(parts.begin(), "linux");
  if (parts.size() > 3) refuse_platform(text, "it has more than three parts");
  for (const auto& part : parts)
    if (!is_word(part)) refuse_platform(text, "its parts may only contain lower case letters and digits");
  if (!is_known(parts[1])) {
    const std::string meant = go_name(parts[1]);
    refuse_platform(text, cat("unknown architecture `", printable(parts[1], 40), "`"),
                    meant.empty() ? cat("known architectures: ", join(architectures(), ", "))
                                  : cat("did you mean ", parts[0], "/", meant, "?"));
  }
  return {.os = parts[0], .architecture = parts[1], .variant = parts.size() == 3 ? parts[2] : ""};
}

std::string Platform::text() const {
  return variant.empty() ? cat(os, "/", architecture) : cat(os, "/", architecture, "/", variant);
}

bool Platform::matches(const Platform& other) const {
  return os == other.os && architecture == other.architecture && full_variant(*this) == full_variant(other);
}

}  // namespace lapstrake::oci
