// Subresource Integrity (W3C SRI, the `integrity` of a package-lock.json): "sha512-BASE64", several separated by
// blanks.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/packages/checksum.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::npm {

// The checksums of the strongest algorithm in the text; a file that has any one of them is the right one (SRI 3.3.4).
struct Integrity {
  std::vector<Checksum> checksums;  // at least one, all of one algorithm
  HashAlgorithm algorithm() const { return checksums.front().algorithm; }
  // md5 and sha1 are not secure: then only the digest in `lapstrake.lock` protects the file.
  bool is_weak() const { return algorithm() < HashAlgorithm::sha256; }
  std::string text() const;  // "sha512-... sha512-..."
};

// Options after `?` and unknown algorithms are ignored (SRI 3.3.3). Nothing when no checksum remains.
std::optional<Integrity> parse_integrity(std::string_view text);

std::string sri(const Checksum& checksum);  // "sha512-BASE64"

// The checksums of a whole file, each over the same bytes.
struct FileSums {
  oci::Digest digest;  // sha256
  Checksum sha512;
  std::uint64_t size = 0;  // bytes
};

// Hashes a file as it streams by: for `lapstrake.lock`, and for the comparison with `expected`.
class IntegrityCheck {
 public:
  explicit IntegrityCheck(std::optional<Integrity> expected);
  void write(Bytes bytes);
  // Error{integrity} when the file is not the expected one. `what` names it: "the tarball of `left-pad` 1.3.0".
  // Nothing may be written afterwards.
  FileSums finish(std::string_view what);

 private:
  std::optional<Integrity> expected_;
  Hasher sha256_{HashAlgorithm::sha256}, sha512_{HashAlgorithm::sha512};
  std::optional<Hasher> other_;  // of the expected algorithm, if it is a different one
  std::uint64_t size_ = 0;
};

}  // namespace lapstrake::packages::npm
