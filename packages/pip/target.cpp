#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/target.hpp>
#include <vector>

namespace lapstrake::packages::pip {
namespace {

// "2.36" and "3.11.4": nothing unless all parts are short decimal numbers.
std::optional<std::vector<std::uint32_t>> numbers(std::string_view text) {
  std::vector<std::uint32_t> out;
  for (const auto& part : split(text, '.')) {
    const auto number = part.size() <= 4 && !part.starts_with('-') ? parse_integer(part) : std::nullopt;
    if (!number) return std::nullopt;
    out.push_back(static_cast<std::uint32_t>(*number));
  }
  return out;
}

}  // namespace

std::optional<Libc> Libc::from_text(std::string_view text) {
  const bool is_glibc = text.starts_with("glibc-"), is_musl = text.starts_with("musl-");
  if (!is_glibc && !is_musl) return std::nullopt;
  const auto parts = numbers(text.substr(text.find('-') + 1));
  const std::uint32_t major = is_glibc ? 2 : 1;
  if (!parts || parts->size() < 2 || parts->size() > 3 || parts->front() != major) return std::nullopt;
  if (is_glibc && parts->size() != 2) return std::nullopt;
  return Libc{.kind = is_glibc ? Kind::glibc : Kind::musl, .major = major, .minor = parts->at(1)};
}

std::string Libc::text() const { return cat(kind == Kind::glibc ? "glibc-" : "musl-", major, ".", minor); }

std::optional<PythonVersion> PythonVersion::from_text(std::string_view text) {
  const auto parts = numbers(text);
  if (!parts || parts->size() < 2 || parts->size() > 3 || parts->front() != 3) return std::nullopt;
  PythonVersion out{.major = 3, .minor = parts->at(1)};
  if (parts->size() == 3) out.patch = parts->at(2);
  return out;
}

std::string PythonVersion::text() const { return patch ? cat(short_text(), ".", *patch) : short_text(); }
std::string PythonVersion::short_text() const { return cat(major, ".", minor); }

std::string Target::text() const {
  return cat("cpython ", python.text(), is_free_threaded ? " free-threaded" : "", ", ",
             replace_all(libc.text(), "-", " "), ", ", machine);
}

std::optional<std::string> machine_of(std::string_view architecture) {
  if (architecture == "amd64") return "x86_64";
  if (architecture == "arm64") return "aarch64";
  return std::nullopt;
}

}  // namespace lapstrake::packages::pip
