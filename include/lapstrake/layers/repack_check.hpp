// Whether a compressed layer from an untrusted place is the one that this program would make of the same tar.
//
// A blob may unpack to the right tar and still have other bytes, and so another digest: compressed at another level,
// cut into other pieces, with a comment in its gzip header. Compressing everything again would cost what a cache saves,
// so the framing is compared exactly and the pieces are sampled: the first, the last, and each other one with a
// probability of 1 in 8, chosen by the system's random numbers; all of them where there are at most 8. So a blob of
// which m pieces were made otherwise passes with a probability of (7/8)^m at most.
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

// The sizes of the pieces that `entries` are cut into, in bytes of the tar, in order. Reads no content.
std::vector<std::uint32_t> piece_sizes(const std::vector<Entry>& entries, oci::Codec codec, std::int64_t mtime);

// Takes a blob in parts of any size, in little memory. Error{integrity} naming `what` when it cannot be unpacked (see
// Unpacked) or is not what this program makes.
class RepackCheck {
 public:
  // Whether to compare this piece, of so many.
  using Choose = std::function<bool(std::size_t piece, std::size_t pieces)>;
  static bool secret_sample(std::size_t piece, std::size_t pieces);

  // gzip and zstd alone. `sizes`: piece_sizes of the layer.
  RepackCheck(const oci::Compression& compression, std::vector<std::uint32_t> sizes, std::string what,
              Choose choose = secret_sample);
  ~RepackCheck();
  void write(Bytes packed);
  // The digest of the tar that came out of it, at its end.
  oci::Digest finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::layers
