// The Python that an image has: version, C library and machine. It decides which wheels fit and which markers hold.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::packages::pip {

struct Libc {
  enum class Kind { glibc, musl } kind = Kind::glibc;
  std::uint32_t major = 2, minor = 36;
  // "glibc-2.36", "musl-1.2". Nothing for other text.
  static std::optional<Libc> from_text(std::string_view text);
  std::string text() const;  // "glibc-2.36"
  bool operator==(const Libc&) const = default;
};

struct PythonVersion {
  std::uint32_t major = 3, minor = 0;
  std::optional<std::uint32_t> patch = {};
  // "3.11", "3.11.4". Nothing for other text and for other major versions than 3.
  static std::optional<PythonVersion> from_text(std::string_view text);
  std::string text() const;        // "3.11.4", or "3.11" without a patch
  std::string short_text() const;  // "3.11"
  bool operator==(const PythonVersion&) const = default;
};

// CPython on Linux.
struct Target {
  PythonVersion python = {};
  bool is_free_threaded = false;  // python3.13t
  Libc libc = {};
  std::string machine = "x86_64";  // or "aarch64"
  std::string text() const;        // "cpython 3.11, glibc 2.36, x86_64"
  bool operator==(const Target&) const = default;
};

// "x86_64" for amd64, "aarch64" for arm64 (OCI's names); nothing for others.
std::optional<std::string> machine_of(std::string_view architecture);

}  // namespace lapstrake::packages::pip
