#include <lapstrake/app/build/registry_cache.hpp>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/fingerprint.hpp>
#include <lapstrake/layers/repack_check.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <utility>

#include "cache_tag.hpp"

namespace lapstrake::app {
namespace {

std::string_view layer_type(oci::Codec codec) {
  return codec == oci::Codec::zstd ? oci::media_type::layer_zstd : oci::media_type::layer_gzip;
}

// Compressed bytes are hardly more than uncompressed ones: do not download an entry that claims so.
bool is_plausible(const CacheEntry& entry) { return entry.blob.size <= entry.tar_size + entry.tar_size / 8 + 4096; }

void warn(const Context& context, std::string text) {
  context.report.progress({.kind = Event::Kind::warning, .image = {}, .subject = {}, .text = std::move(text)});
}

// The entry's blob on its way into the store.
class Fetch {
 public:
  Fetch(const Context& context, const store::Store& store, const CacheEntry& entry, const oci::Compression& compression,
        const std::vector<std::uint32_t>& piece_sizes, Event event)
      : context_(context),
        store_(store),
        entry_(entry),
        compression_(compression),
        piece_sizes_(piece_sizes),
        event_(std::move(event)) {
    event_.kind = Event::Kind::progress;
    event_.total = entry.blob.size;
  }

  // Error{integrity} when it is not what the entry says, or not what this program would make.
  void run(const registry::Repository& repository) {
    using Existing = store::Store::Existing;
    const bool is_here = store_.size(entry_.blob.digest) == entry_.blob.size;
    if (is_here && is_whole_here()) return;
    auto blob = store_.new_blob(store::Store::Hashing::by_caller);  // get_blob verifies it
    auto check = new_check();
    repository.get_blob(entry_.blob, [&](Bytes bytes) {
      blob.write(bytes);
      check.write(bytes);
      report_progress(bytes.size());
    });
    expect(check.finish());
    blob.commit(entry_.blob.digest, is_here ? Existing::replace : Existing::keep);
  }

 private:
  layers::RepackCheck new_check() const { return {compression_, piece_sizes_, "the blob"}; }

  // The store has a blob of this digest. If it is not the layer's, the registry's blob decides.
  bool is_whole_here() {
    auto check = new_check();
    try {
      drain(
          store_.open_blob(entry_.blob), [&](Bytes bytes) { check.write(bytes); }, context_.runtime.stop);
      return check.finish() == entry_.diff_id;
    } catch (const Error& error) {
      return false;
    }
  }

  void expect(const oci::Digest& found) const {
    if (found != entry_.diff_id)
      throw Error(ErrorKind::integrity, cat("the blob ", entry_.blob.digest.text(), " has the diff_id ", found.text(),
                                            ", expected ", entry_.diff_id.text()));
  }

  void report_progress(std::size_t bytes) {
    event_.done += bytes;
    context_.report.progress(event_);
  }

  const Context& context_;
  const store::Store& store_;
  const CacheEntry& entry_;
  const oci::Compression& compression_;
  const std::vector<std::uint32_t>& piece_sizes_;
  Event event_;
};

// The diff_id of what would be written; nothing is compressed.
layers::Written hashed(const std::vector<layers::Entry>& entries, layers::WriteOptions options) {
  options.compression = {.codec = oci::Codec::none, .level = std::nullopt};
  options.previous = nullptr;
  return layers::write_layer(entries, options, [](Bytes) {});
}

}  // namespace

RegistryCache::RegistryCache(const Context& context, Network network, const spec::Image& image,
                             const oci::Platform& platform)
    : network_(std::move(network)) {
  for (const auto& from : context.cache.from) from_.push_back(with_cache_tag(from, image, platform));
}

// A cache that cannot be read is a warning, and is not used.
void RegistryCache::load(const Context& context) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(is_loaded_, true)) return;
  for (const auto& from : from_) {
    try {
      Cache cache{.where = from, .repository = network_.repository(from.host, from.repository), .entries = {}};
      const auto found = cache.repository->find_manifest(from.tag);
      if (!found) {
        context.report.progress({.kind = Event::Kind::note,
                                 .image = {},
                                 .subject = {},
                                 .text = cat("no cache found at `", from.text(), "`")});
        continue;
      }
      cache.entries = read_cache(*cache.repository, *found, from);
      caches_.push_back(std::move(cache));
    } catch (const Error& error) {
      warn(context, cat("cannot use the cache `", from.text(), "`: ", one_line(error)));
    }
  }
}

std::vector<RegistryCache::Candidate> RegistryCache::candidates(const Wanted& wanted) const {
  const auto compression = layers::name_of(wanted.options.compression);
  const auto byte_format = layers::byte_format();
  const auto least = layers::estimated_tar_size(wanted.entries);
  std::vector<Candidate> found;
  for (const auto& cache : caches_)
    for (const auto& entry : cache.entries)
      if (entry.byte_format == byte_format && entry.compression == compression && entry.tar_size >= least &&
          entry.blob.media_type == layer_type(wanted.options.compression.codec) && is_plausible(entry))
        found.push_back({&entry, &cache});
  return found;
}

std::optional<store::CachedLayer> RegistryCache::find(const Context& context, const store::Store& store,
                                                      const Wanted& wanted) {
  const auto& compression = wanted.options.compression;
  if (compression.codec == oci::Codec::none) return std::nullopt;  // to write it is less than to fetch it
  load(context);
  const auto all = candidates(wanted);
  if (all.empty()) return std::nullopt;
  const auto written = hashed(wanted.entries, wanted.options);
  std::vector<std::uint32_t> piece_sizes;
  for (const auto& [entry, cache] : all) {
    if (entry->diff_id != written.diff_id || entry->tar_size != written.tar_size) continue;
    if (piece_sizes.empty()) piece_sizes = layers::piece_sizes(wanted.entries, compression.codec, wanted.options.mtime);
    try {
      Fetch(context, store, *entry, compression, piece_sizes,
            {.image = wanted.image, .subject = cat("layer ", wanted.layer)})
          .run(*cache->repository);
      return store::CachedLayer{.diff_id = written.diff_id, .blob = entry->blob, .tar_size = written.tar_size};
    } catch (const Error& error) {
      warn(context, cat("ignoring the entry of cache `", cache->where.text(), "` for layer `", wanted.layer,
                        "`: ", one_line(error)));
    }
  }
  return std::nullopt;
}

}  // namespace lapstrake::app
