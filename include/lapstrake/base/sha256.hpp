// SHA-256 (OpenSSL) whose intermediate state can be saved and resumed.
#pragma once
#include <array>
#include <cstdint>
#include <lapstrake/base/bytes.hpp>

namespace lapstrake {

using Sha256Sum = std::array<std::byte, 32>;

// An intermediate hash state, after a multiple of 64 bytes (FIPS 180-4: the chaining value between blocks).
struct Sha256State {
  std::array<std::uint32_t, 8> words{};
  std::uint64_t bytes = 0;
  bool operator==(const Sha256State&) const = default;
};

// A running hash; copies are independent. It must not be used after finish().
class Sha256 {
 public:
  Sha256();
  explicit Sha256(const Sha256State& state);
  void write(Bytes bytes);
  Sha256Sum finish();
  // Error{internal} unless a multiple of 64 bytes was written.
  Sha256State state() const;

 private:
  alignas(8) std::array<std::byte, 112> context_{};  // a SHA256_CTX
};

Sha256Sum sha256(Bytes bytes);
Sha256Sum hmac_sha256(Bytes key, Bytes message);

}  // namespace lapstrake
