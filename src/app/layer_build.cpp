#include "layer_build.hpp"

#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/fingerprint.hpp>
#include <lapstrake/layers/write.hpp>

namespace lapstrake::app {
namespace {

std::string outcome(const LayerOrder& order, const layers::Written& written) {
  auto text = cat(count_of(order.entries.size(), "entry", "entries"), ", ", human_size(written.tar_size), " -> ",
                  human_size(written.size));
  if (written.reused_size > 0) text += cat(", ", human_size(written.reused_size), " as before");
  return text;
}

}  // namespace

oci::Digest LayerPlace::key() const {
  return oci::Digest::of(cat(image.size(), ":", image, platform.size(), ":", platform, layer));
}

store::CachedLayer build_layer(const Context& context, const store::Store& store, const LayerOrder& order) {
  Event event{.kind = Event::Kind::started, .image = order.image, .subject = cat("layer ", order.place.layer)};
  event.total = layers::estimated_tar_size(order.entries);
  layers::WriteOptions options{.compression = order.compression,
                               .mtime = context.epoch,
                               .jobs = context.jobs,
                               .stop = context.world.stop,
                               .progress =
                                   [&](std::uint64_t bytes) {
                                     event.kind = Event::Kind::progress;
                                     event.done = bytes;
                                     context.progress(event);
                                   },
                               .listed_at = order.listed_at};
  const auto fingerprint = layers::fingerprint(order.entries, options, order.listed_at);
  if (auto layer = fingerprint && !context.no_cache ? store::find_layer(store, *fingerprint) : std::nullopt) {
    event.kind = Event::Kind::reused;
    event.text = "unchanged";
    context.progress(event);
    return *layer;
  }
  context.progress(event);
  const auto place = order.place.key();
  const auto former = context.no_cache ? std::nullopt : store::find_former(store, place);
  options.former = former ? &*former : nullptr;
  auto blob = store.new_blob(store::Store::Hashing::by_caller);
  const auto written = layers::write_layer(order.entries, options, [&](Bytes bytes) { blob.write(bytes); });
  using Existing = store::Store::Existing;
  blob.commit(written.digest, written.is_former_damaged ? Existing::replace : Existing::keep);
  const store::CachedLayer layer{
      .diff_id = written.diff_id,
      .blob = {.media_type = written.media_type, .digest = written.digest, .size = written.size},
      .tar_size = written.tar_size};
  store::keep_former(store, place, written.digest, written.index);
  if (fingerprint) store::keep_layer(store, *fingerprint, layer);
  event.kind = Event::Kind::finished;
  event.text = outcome(order, written);
  context.progress(event);
  return layer;
}

}  // namespace lapstrake::app
