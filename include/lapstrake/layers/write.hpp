// From entries to a layer's bytes: tar, both digests, compression; one pass, bounded memory, the same bytes for any
// `jobs` and whatever is known of an earlier layer.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/layer_index.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lapstrake::layers {

// What a layer on its way may keep in memory, in bytes, besides its entries and indexes.
inline constexpr std::size_t most_memory = 40 << 20;

struct WriteOptions {
  oci::Compression compression = {};
  std::int64_t mtime = 0;  // of every entry, whole seconds since the epoch
  unsigned jobs = 1;
  std::stop_token stop = {};
  // The running total; called from one thread at a time.
  std::function<void(std::uint64_t tar_bytes)> progress = nullptr;
  // When the listing of the entries began: host files that did not change since an earlier build are known by their
  // looks from it on (fingerprint.hpp). Nothing: none is.
  std::optional<std::chrono::system_clock::time_point> listed_at = std::nullopt;
  // Pieces that it has too are taken from it, if its byte format, codec and level are these.
  const PreviousLayer* previous = nullptr;
  // For buffers and compressors; with little, fewer threads than `jobs` find work.
  std::size_t memory = most_memory;
  // The key of the tags, so that they can be compared with those of an earlier layer; else the former's, or a new one.
  std::optional<ContentMac> key = std::nullopt;
};

struct Written {
  oci::Digest diff_id;
  oci::Digest digest;  // of what went to the sink
  std::uint64_t tar_size = 0, size = 0;
  std::string media_type = {};
  LayerIndex index = {};
  // Of each entry: where its header begins in the tar, and the tag of its content (of several pieces: of their tags).
  std::vector<std::uint64_t> starts = {};
  std::vector<ContentMac> contents = {};
  std::uint64_t reused_size = 0;     // of `tar_size`: what was taken from the former layer
  bool is_previous_damaged = false;  // a piece of the former blob is not what its index says
};

// The size of the tar is known beforehand only roughly: for progress bars.
std::uint64_t estimated_tar_size(const std::vector<Entry>& entries);

Written write_layer(const std::vector<Entry>& entries, const WriteOptions& options, const Sink& sink);

// "2 (libarchive 3.6.2, libdeflate 1.14, zstd 1.5.4)": what the bytes depend on.
std::string byte_format();

}  // namespace lapstrake::layers
