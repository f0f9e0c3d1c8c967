// Saves layers to a cache in a registry (`--cache-to`).
#include <atomic>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/fingerprint.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <map>

#include <lapstrake/app/build/cache_to.hpp>
#include "cache_tag.hpp"

namespace lapstrake::app {
namespace {

std::vector<CacheEntry> entries_of(const std::vector<store::CachedLayer>& layers, const oci::Compression& compression) {
  std::vector<CacheEntry> entries;
  for (const auto& layer : layers) {
    entries.push_back({.diff_id = layer.diff_id,
                       .byte_format = layers::byte_format(),
                       .compression = layers::name_of(compression),
                       .tar_size = layer.tar_size,
                       .blob = layer.blob});
    entries.back().blob.annotations.clear();
  }
  return entries;
}

// One cache that is brought up to date.
class CacheUpdate {
 public:
  CacheUpdate(const Context& context, const Network& network, const store::Store& store, oci::RegistryReference where,
              bool is_own_tag, const std::optional<oci::RegistryReference>& pushed_to)
      : context_(context),
        store_(store),
        where_(std::move(where)),
        is_own_tag_(is_own_tag),
        repository_(network.repository(where_.host, where_.repository)) {
    if (pushed_to && pushed_to->host == where_.host && pushed_to->repository != where_.repository)
      mounted_from_ = pushed_to->repository;
  }

  void run(const std::string& image, const std::vector<CacheEntry>& used) {
    const auto now = std::chrono::floor<std::chrono::seconds>(context_.runtime.clock());
    const auto found = repository_->find_manifest(where_.tag);
    const auto before = found ? read(*found) : std::vector<CacheEntry>{};
    const auto text = render_cache(merged(before, used, now));
    Event event{.kind = Event::Kind::reused, .image = image, .subject = "cache", .text = "up to date"};
    if (!found || found->digest != oci::Digest::of(text)) {
      upload(used);
      put(text, used, now);
      event.kind = Event::Kind::finished;
      event.text = cat(count_of(used.size(), "layer"), " saved to `", where_.text(), "`: ", sent_.load(), " sent, ",
                       mounted_.load(), " mounted");
    }
    context_.report.progress(event);
  }

 private:
  // A damaged cache at our own tag is replaced; anything else at a tag that the user chose is not.
  std::vector<CacheEntry> read(const oci::Descriptor& found) const {
    try {
      return read_cache(*repository_, found, where_);
    } catch (Error& error) {
      if (error.kind() != ErrorKind::integrity || is_own_tag_) {
        if (error.kind() == ErrorKind::integrity) return {};
        throw;
      }
      error.helped_by("use a different tag, or none: existing content is not overwritten");
      throw;
    }
  }

  void upload(const std::vector<CacheEntry>& used) {
    std::map<oci::Digest, oci::Descriptor> unique;
    for (const auto& entry : used) unique.emplace(entry.blob.digest, entry.blob);
    std::vector<oci::Descriptor> blobs;
    for (const auto& [digest, blob] : unique) blobs.push_back(blob);
    parallel_for_each(
        blobs.size(), most_transfers, [&](std::size_t i) { upload(blobs[i], store_.blob_path(blobs[i].digest)); },
        context_.runtime.stop);
    const auto config = oci::descriptor_of(empty_config, oci::media_type::empty);
    if (repository_->has_blob(config.digest, config.size)) return;
    store_.put(empty_config, oci::media_type::empty);
    repository_->put_blob(config, store_.blob_path(config.digest), nullptr);
  }

  void upload(const oci::Descriptor& blob, const std::filesystem::path& file) {
    if (repository_->has_blob(blob.digest, blob.size)) return;
    if (mounted_from_.empty()) {
      repository_->put_blob(blob, file, nullptr);
      ++sent_;
    } else {
      ++(repository_->mount_or_put_blob(
             blob, mounted_from_, [&] { return file; }, nullptr)
             ? mounted_
             : sent_);
    }
  }

  // Blobs of earlier entries may be missing: a lifecycle rule, or a manual clean-up.
  void put(const std::string& text, const std::vector<CacheEntry>& used, std::chrono::sys_seconds now) const {
    try {
      repository_->put_manifest(where_.tag, text, std::string(oci::media_type::manifest));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::missing_content) throw;
      repository_->put_manifest(where_.tag, render_cache(merged({}, used, now)),
                                std::string(oci::media_type::manifest));
    }
  }

  const Context& context_;
  const store::Store& store_;
  oci::RegistryReference where_;
  bool is_own_tag_;
  std::shared_ptr<const registry::Repository> repository_;
  std::string mounted_from_;
  std::atomic<unsigned> sent_ = 0, mounted_ = 0;
};

}  // namespace

void save_to_cache(const Context& context, const Network& network, const store::Store& store, const spec::Image& image,
                   const std::vector<PlatformLayers>& layers, const std::optional<oci::RegistryReference>& pushed_to) {
  if (!context.cache.to || context.build.dry_run || image.compression.codec == oci::Codec::none) return;
  std::map<std::string, std::vector<CacheEntry>> by_tag;
  for (const auto& [platform, own] : layers)
    for (auto& entry : entries_of(own, image.compression))
      by_tag[with_cache_tag(*context.cache.to, image, platform).tag].push_back(std::move(entry));
  for (const auto& [tag, entries] : by_tag) {
    auto where = *context.cache.to;
    where.tag = tag;
    try {
      CacheUpdate(context, network, store, where, context.cache.to->tag.empty(), pushed_to).run(image.name, entries);
    } catch (const Error& error) {
      context.report.progress({.kind = Event::Kind::warning,
                               .image = {},
                               .subject = {},
                               .text = cat("cannot update the cache `", where.text(), "`: ", one_line(error))});
    }
  }
}

}  // namespace lapstrake::app
