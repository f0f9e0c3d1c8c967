// What a layer's blob unpacks to, told from the blob as it streams by: for blobs whose origin is not to be believed.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <memory>
#include <string>

namespace lapstrake::layers {

// What a stream may look like. ours: one gzip member; zstd frames with windows of at most 8 MiB. any: gzip members one
// after another as well (eStargz), and zstd's windows up to 128 MiB (its own tools' limit).
enum class Streams { ours, any };

// Who else wants to see what comes out. `boundary`: the packed stream could be cut in front of this byte: behind a gzip
// header or a DEFLATE block that ends on a byte (not the last one), or behind a zstd frame. All that was unpacked
// before it has been given to `raw`.
struct StreamObserver {
  Sink raw = nullptr;
  std::function<void(std::uint64_t packed_at)> boundary = nullptr;
};

// Takes a blob in pieces of any size. Error{integrity} naming `what` for what is not such a stream, is cut short, goes
// on after its end, or unpacks to more than `most` bytes: a bomb ends there.
class Unpacked {
 public:
  Unpacked(oci::Codec codec, std::uint64_t most, std::string what, Streams streams = Streams::ours,
           StreamObserver observer = {});
  ~Unpacked();
  void write(Bytes packed);
  // The digest of all that came out of it, at its end.
  oci::Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::layers
