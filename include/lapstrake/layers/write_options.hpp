// Options for writing a layer, and the description of a written layer.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <lapstrake/layers/layer_index.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lapstrake::layers {

// Memory for buffers while one layer is written, in bytes, besides its entries and indexes.
inline constexpr std::size_t most_memory = 40 << 20;

struct WriteOptions {
  oci::Compression compression = {};
  std::int64_t mtime = 0;  // of every entry, whole seconds since the epoch
  unsigned jobs = 1;
  std::stop_token stop = {};
  // Gets the running total; never called concurrently.
  std::function<void(std::uint64_t tar_bytes)> progress = nullptr;
  // When the listing of the entries began. With it, unchanged host files are recognised by their stamps
  // (fingerprint.hpp); without it, all files are read.
  std::optional<std::chrono::system_clock::time_point> listed_at = std::nullopt;
  // Equal pieces are copied from it when byte format, codec and level are the same.
  const PreviousLayer* previous = nullptr;
  // For buffers and compressors; a small value limits the number of threads.
  std::size_t memory = most_memory;
  // The key of the MACs, so that they can be compared with an earlier layer's; by default the previous layer's, or a
  // new one.
  std::optional<ContentMac> key = std::nullopt;
};

struct Written {
  oci::Digest diff_id;
  oci::Digest digest;  // of the bytes written to the sink
  std::uint64_t tar_size = 0, size = 0;
  std::string media_type = {};
  LayerIndex index = {};
  // Per entry: the offset of its header in the tar, and the MAC of its content (for several pieces: of their MACs).
  std::vector<std::uint64_t> starts = {};
  std::vector<ContentMac> contents = {};
  std::uint64_t reused_size = 0;     // of `tar_size`: what was copied from the previous layer
  bool is_previous_damaged = false;  // a piece of the previous blob differs from its index
};

}  // namespace lapstrake::layers
