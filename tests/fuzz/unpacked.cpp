// A layer's blob, unpacked as it streams by: the same however it is cut and whoever looks on, and never more than is
// allowed. The first byte chooses the codec and how much a stream may be.
#include <lapstrake/layers/unpacked.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

constexpr std::uint64_t most = 1 << 20;

struct Out {
  std::string digest;
  std::string raw;
  bool operator==(const Out&) const = default;
};

struct Way {
  oci::Codec codec;
  Streams streams;
  std::size_t at_once;
  bool looks_for_cuts = false;
};

std::optional<Out> unpacked(std::string_view blob, const Way& way) {
  return attempt(ErrorKind::integrity, [&] {
    Out out;
    std::uint64_t last_cut = 0;
    StreamObserver observer;
    observer.raw = [&](Bytes bytes) {
      out.raw += as_text(bytes);
      hold(out.raw.size() <= most, "no more comes out than is allowed");
    };
    if (way.looks_for_cuts)
      observer.boundary = [&](std::uint64_t at) {
        hold(at >= last_cut && at <= blob.size(), "a stream is cut inside of it, from its front to its end");
        last_cut = at;
      };
    Unpacked stream(way.codec, most, "the layer", way.streams, observer);
    for (std::size_t at = 0; at < blob.size(); at += way.at_once) stream.write(as_bytes(blob.substr(at, way.at_once)));
    out.digest = stream.finish().text();
    return out;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::size_t all = std::size_t{1} << 20;
  const auto codec = data[0] % 2 == 0 ? oci::Codec::gzip : oci::Codec::zstd;
  const auto blob = text_of(data, size).substr(1);
  const auto ours = unpacked(blob, {codec, Streams::ours, all});
  hold(unpacked(blob, {codec, Streams::ours, 13}) == ours, "a layer is the same however its stream is cut");
  const auto any = unpacked(blob, {codec, Streams::any, all});
  hold(!ours || any == ours, "what could be ours is any stream");
  hold(unpacked(blob, {codec, Streams::any, 13, true}) == any, "a layer is the same whoever looks for cuts");
  if (any) hold(any->digest == oci::Digest::of(any->raw).text(), "a digest is that of what came out");
  return 0;
}
