#include "layer_build.hpp"

#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/fingerprint.hpp>
#include <lapstrake/layers/inventory.hpp>
#include <lapstrake/layers/write.hpp>

#include "registry_cache.hpp"

namespace lapstrake::app {
namespace {

std::string outcome(const LayerOrder& order, const layers::Written& written) {
  auto text = cat(count_of(order.entries.size(), "entry", "entries"), ", ", human_size(written.tar_size), " -> ",
                  human_size(written.size));
  if (written.reused_size > 0) text += cat(", ", human_size(written.reused_size), " reused");
  return text;
}

}  // namespace

oci::Digest LayerPlace::key() const {
  return oci::Digest::of(cat(image.size(), ":", image, platform.size(), ":", platform, layer));
}

namespace {

// Not if a previous build of the layer is known: reusing its chunks is faster than downloading.
std::optional<store::CachedLayer> fetched(const Context& context, const store::Store& store, const LayerOrder& order,
                                          const layers::WriteOptions& options) {
  if (order.cache == nullptr || store::find_former(store, order.place.key())) return std::nullopt;
  return order.cache->find(
      context, store, {.entries = order.entries, .options = options, .image = order.image, .layer = order.place.layer});
}

// Writes the layer, reusing the unchanged chunks of its previous build.
store::CachedLayer write_anew(const Context& context, const store::Store& store, const LayerOrder& order,
                              layers::WriteOptions options, std::string& said) {
  const auto former = store::find_former(store, order.place.key());
  if (former) options.key = former->index.key;
  options.former = former && !context.no_cache ? &*former : nullptr;
  auto blob = store.new_blob(store::Store::Hashing::by_caller);
  const auto written = layers::write_layer(order.entries, options, [&](Bytes bytes) { blob.write(bytes); });
  blob.commit(written.digest, store::Store::Existing::replace);  // what lies there may be damaged
  store::keep_index(store, written.digest, written.index);
  store::keep_inventory(store, written.digest,
                        [&](const Sink& sink) { layers::write_inventory(order.entries, options, written, sink); });
  said = outcome(order, written);
  return {.diff_id = written.diff_id,
          .blob = {.media_type = written.media_type, .digest = written.digest, .size = written.size},
          .tar_size = written.tar_size};
}

// A blob from a registry cache is checked only by sample. So it is remembered separately, for builds that use a cache.
oci::Digest with_cache(const oci::Digest& fingerprint) {
  return oci::Digest::of(cat("from a registry's cache ", fingerprint.text()));
}

std::optional<store::CachedLayer> unchanged(const Context& context, const store::Store& store, const LayerOrder& order,
                                            const std::optional<oci::Digest>& fingerprint) {
  if (!fingerprint || context.no_cache) return std::nullopt;
  auto layer = store::find_layer(store, *fingerprint);
  if (!layer && order.cache != nullptr) layer = store::find_layer(store, with_cache(*fingerprint));
  return layer;
}

}  // namespace

store::CachedLayer build_layer(const Context& context, const store::Store& store, const LayerOrder& order) {
  Event event{.kind = Event::Kind::started, .image = order.image, .subject = cat("layer ", order.place.layer)};
  event.total = layers::estimated_tar_size(order.entries);
  const layers::WriteOptions options{.compression = order.compression,
                                     .mtime = context.epoch,
                                     .jobs = context.jobs,
                                     .stop = context.world.stop,
                                     .progress =
                                         [&](std::uint64_t bytes) {
                                           event.kind = Event::Kind::progress;
                                           event.done = bytes;
                                           context.progress(event);
                                         },
                                     .listed_at = order.listed_at,
                                     .memory = order.memory};
  const auto fingerprint = layers::fingerprint(order.entries, options, order.listed_at);
  auto layer = unchanged(context, store, order, fingerprint);
  if (layer) {
    event.kind = Event::Kind::reused;
    event.text = "unchanged";
  } else {
    context.progress(event);
    layer = fetched(context, store, order, options);
    const bool is_fetched = layer.has_value();
    std::string said;
    if (!layer) layer = write_anew(context, store, order, options, said);
    event.kind = is_fetched ? Event::Kind::reused : Event::Kind::finished;
    event.text = is_fetched ? cat(human_size(layer->blob.size), " from the registry cache") : said;
    if (fingerprint) store::keep_layer(store, is_fetched ? with_cache(*fingerprint) : *fingerprint, *layer);
  }
  context.progress(event);
  const auto place = order.place.key();
  if (!context.dry_run && store::last_built(store, place) != layer->blob.digest)
    store::keep_last_built(store, place, layer->blob.digest);
  return *layer;
}

}  // namespace lapstrake::app
