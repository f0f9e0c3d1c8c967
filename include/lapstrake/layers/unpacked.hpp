// What a layer's blob unpacks to, told from the blob as it streams by: for blobs whose origin is not to be believed.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <memory>
#include <string>

namespace lapstrake::layers {

// Takes a blob in pieces of any size. gzip: one member; zstd: frames, each with a window of at most 8 MiB.
// Error{integrity} naming `what` for what is not such a stream, is cut short, goes on after its end, or unpacks to more
// than `most` bytes: a bomb ends there.
class Unpacked {
 public:
  Unpacked(oci::Codec codec, std::uint64_t most, std::string what);
  ~Unpacked();
  void write(Bytes packed);
  // The digest of all that came out of it, at its end.
  oci::Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::layers
