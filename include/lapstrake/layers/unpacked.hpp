// Computes the digest of the unpacked content while a layer's blob is streamed, for blobs from untrusted sources.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <memory>
#include <string>

namespace lapstrake::layers {

// Accepted streams. ours: one gzip member; zstd frames with windows of at most 8 MiB. any: also several gzip members
// (eStargz), and zstd windows up to 128 MiB (the limit of zstd's own tools).
enum class Streams { ours, any };

// Optional callbacks. `raw` gets the unpacked bytes. `boundary` gets offsets at which the packed stream could be cut:
// after a gzip header, after a DEFLATE block that ends on a byte (except the last one), after a zstd frame. All bytes
// unpacked before it have been given to `raw`.
struct StreamObserver {
  Sink raw = nullptr;
  std::function<void(std::uint64_t packed_at)> boundary = nullptr;
};

// Takes a blob in pieces of any size. Error{integrity} naming `what` when it is not such a stream, is truncated, has
// bytes after its end, or unpacks to more than `most` bytes (decompression bombs).
class Unpacked {
 public:
  Unpacked(oci::Codec codec, std::uint64_t most, std::string what, Streams streams = Streams::ours,
           StreamObserver observer = {});
  ~Unpacked();
  void write(Bytes packed);
  // The digest of all unpacked bytes, at the end.
  oci::Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::layers
