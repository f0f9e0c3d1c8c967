// Checksums of package files in the forms that package tools write: hex, base64, Subresource Integrity.
#pragma once
#include <lapstrake/base/bytes.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::packages {

// From weak to strong. md5 and sha1 identify a file, but do not protect it from changes.
enum class HashAlgorithm { md5, sha1, sha224, sha256, sha384, sha512 };
std::string_view name_of(HashAlgorithm algorithm);                         // "sha256"
std::optional<HashAlgorithm> parse_hash_algorithm(std::string_view name);  // lower case

struct Checksum {
  HashAlgorithm algorithm = HashAlgorithm::sha256;
  std::string bytes;  // raw, of the algorithm's length

  // Nothing for invalid digits and for a length that is not the algorithm's.
  static std::optional<Checksum> from_hex(HashAlgorithm algorithm, std::string_view hex);
  // With the usual or the URL-safe alphabet, with or without padding (RFC 4648 4 and 5).
  static std::optional<Checksum> from_base64(HashAlgorithm algorithm, std::string_view base64);
  std::string hex() const;
  std::string base64() const;      // usual alphabet, padded
  std::string base64_url() const;  // URL-safe alphabet, no padding: the RECORD of a wheel
  std::string text() const;        // "sha256:0123..."
  bool operator==(const Checksum&) const = default;
};

// A running hash.
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void write(Bytes bytes);
  Checksum finish();  // nothing may be written afterwards

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::packages
