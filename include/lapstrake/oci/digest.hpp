// A content digest. Only sha256 is supported, as in registries.
#pragma once
#include <compare>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/sha256.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::oci {

class Digest {
 public:
  explicit Digest(const Sha256Sum& sum);
  // "sha256:" and 64 lowercase hex digits, nothing else (image-spec descriptor.md, "Registered algorithms").
  static std::optional<Digest> parse(std::string_view text);
  static Digest of(Bytes bytes);
  static Digest of(std::string_view text) { return of(as_bytes(text)); }

  const std::string& text() const noexcept { return text_; }                           // "sha256:..."
  std::string_view hex() const noexcept { return std::string_view(text_).substr(7); }  // 64 digits
  std::string_view brief() const noexcept { return std::string_view(text_).substr(7, 12); }
  auto operator<=>(const Digest&) const = default;

 private:
  explicit Digest(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// A Source that reads `inner` and verifies it: Error{integrity} naming `what` at the end when digest or size differ,
// and as soon as more than `size` bytes come. Do not trust the bytes before the end was reached.
Source verified(Source inner, const Digest& digest, std::uint64_t size, std::string what);

}  // namespace lapstrake::oci
