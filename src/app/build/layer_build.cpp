#include "layer_build.hpp"

#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/fingerprint.hpp>
#include <lapstrake/layers/inventory.hpp>
#include <lapstrake/layers/write.hpp>

#include <lapstrake/app/build/registry_cache.hpp>

namespace lapstrake::app {
namespace {

std::string outcome(const LayerJob& job, const layers::Written& written) {
  auto text = cat(count_of(job.entries.size(), "entry", "entries"), ", ", human_size(written.tar_size), " -> ",
                  human_size(written.size));
  if (written.reused_size > 0) text += cat(", ", human_size(written.reused_size), " reused");
  return text;
}

}  // namespace

oci::Digest LayerId::key() const {
  return oci::Digest::of(cat(image.size(), ":", image, platform.size(), ":", platform, layer));
}

namespace {

// Not if a previous build of the layer is known: reusing its chunks is faster than downloading.
std::optional<store::CachedLayer> from_cache(const Context& context, const store::Store& store, const LayerJob& job,
                                             const layers::WriteOptions& options) {
  if (job.cache == nullptr || store::find_previous_layer(store, job.id.key())) return std::nullopt;
  return job.cache->find(context, store,
                         {.entries = job.entries, .options = options, .image = job.image, .layer = job.id.layer});
}

// Writes the layer, reusing the unchanged chunks of its previous build.
store::CachedLayer write_blob(const Context& context, const store::Store& store, const LayerJob& job,
                              layers::WriteOptions options, std::string& summary) {
  const auto previous = store::find_previous_layer(store, job.id.key());
  if (previous) options.key = previous->index.key;
  options.previous = previous && !context.build.no_cache ? &*previous : nullptr;
  auto blob = store.new_blob(store::Store::Hashing::by_caller);
  const auto written = layers::write_layer(job.entries, options, [&](Bytes bytes) { blob.write(bytes); });
  blob.commit(written.digest, store::Store::Existing::replace);  // what lies there may be damaged
  store::keep_index(store, written.digest, written.index);
  store::keep_inventory(store, written.digest,
                        [&](const Sink& sink) { layers::write_inventory(job.entries, options, written, sink); });
  summary = outcome(job, written);
  return {.diff_id = written.diff_id,
          .blob = {.media_type = written.media_type, .digest = written.digest, .size = written.size},
          .tar_size = written.tar_size};
}

// A blob from a registry cache is checked only by sample. So it is remembered separately, for builds that use a cache.
oci::Digest with_cache(const oci::Digest& fingerprint) {
  return oci::Digest::of(cat("from a registry's cache ", fingerprint.text()));
}

std::optional<store::CachedLayer> unchanged(const Context& context, const store::Store& store, const LayerJob& job,
                                            const std::optional<oci::Digest>& fingerprint) {
  if (!fingerprint || context.build.no_cache) return std::nullopt;
  auto layer = store::find_layer(store, *fingerprint);
  if (!layer && job.cache != nullptr) layer = store::find_layer(store, with_cache(*fingerprint));
  return layer;
}

}  // namespace

store::CachedLayer build_layer(const Context& context, const store::Store& store, const LayerJob& job) {
  Event event{.kind = Event::Kind::started, .image = job.image, .subject = cat("layer ", job.id.layer)};
  event.total = layers::estimated_tar_size(job.entries);
  const layers::WriteOptions options{.compression = job.compression,
                                     .mtime = context.build.epoch,
                                     .jobs = context.jobs,
                                     .stop = context.runtime.stop,
                                     .progress =
                                         [&](std::uint64_t bytes) {
                                           event.kind = Event::Kind::progress;
                                           event.done = bytes;
                                           context.report.progress(event);
                                         },
                                     .listed_at = job.listed_at,
                                     .memory = job.memory};
  const auto fingerprint = layers::fingerprint(job.entries, options, job.listed_at);
  auto layer = unchanged(context, store, job, fingerprint);
  if (layer) {
    event.kind = Event::Kind::reused;
    event.text = "unchanged";
  } else {
    context.report.progress(event);
    layer = from_cache(context, store, job, options);
    const bool is_fetched = layer.has_value();
    std::string summary;
    if (!layer) layer = write_blob(context, store, job, options, summary);
    event.kind = is_fetched ? Event::Kind::reused : Event::Kind::finished;
    event.text = is_fetched ? cat(human_size(layer->blob.size), " from the registry cache") : summary;
    if (fingerprint) store::keep_layer(store, is_fetched ? with_cache(*fingerprint) : *fingerprint, *layer);
  }
  context.report.progress(event);
  const auto id = job.id.key();
  if (!context.build.dry_run && store::last_built(store, id) != layer->blob.digest)
    store::keep_last_built(store, id, layer->blob.digest);
  return *layer;
}

}  // namespace lapstrake::app
