// Checks that a compressed layer from an untrusted source has the bytes that this program would produce from the same
// tar.
//
// A blob may unpack to the right tar and still differ, and so have a different digest: another compression level, other
// piece boundaries, a comment in its gzip header. Compressing everything again would cost what a cache saves, so the
// framing is compared exactly and the pieces are sampled: the first, the last, and each of the others with a
// probability of 1 in 8, chosen by the system's random numbers; all of them when there are at most 8. A blob with m
// differing pieces passes with a probability of at most (7/8)^m.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <memory>
#include <string>
#include <vector>

namespace lapstrake::layers {

// The sizes, in bytes of the tar, of the pieces that `entries` are cut into, in order. Reads no content.
std::vector<std::uint32_t> piece_sizes(const std::vector<Entry>& entries, oci::Codec codec, std::int64_t mtime);

// Takes a blob in parts of any size, with little memory. Error{integrity} naming `what` when it cannot be unpacked (see
// Unpacked) or differs from this program's output.
class RepackCheck {
 public:
  // Whether to compare this piece, out of `pieces`.
  using Choose = std::function<bool(std::size_t piece, std::size_t pieces)>;
  static bool secret_sample(std::size_t piece, std::size_t pieces);

  // gzip and zstd only. `sizes`: piece_sizes of the layer.
  RepackCheck(const oci::Compression& compression, std::vector<std::uint32_t> sizes, std::string what,
              Choose choose = secret_sample);
  ~RepackCheck();
  void write(Bytes packed);
  // The digest of the unpacked tar, at its end.
  oci::Digest finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::layers
