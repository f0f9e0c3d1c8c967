// A platform: os/architecture[/variant], with Go's names.
#pragma once
#include <compare>
#include <string>
#include <string_view>

namespace lapstrake::oci {

struct Platform {
  std::string os = "linux";
  std::string architecture = "amd64";
  std::string variant = {};  // empty when absent

  // "linux/amd64", "linux/arm64/v8"; also "amd64" alone (linux). Error{usage} listing the known architectures.
  static Platform parse(std::string_view text);
  std::string text() const;
  // arm64 and arm64/v8 are the same platform (the table in image-spec image-index.md).
  bool matches(const Platform& other) const;
  auto operator<=>(const Platform&) const = default;
};

}  // namespace lapstrake::oci
