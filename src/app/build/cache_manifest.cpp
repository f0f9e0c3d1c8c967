#include <lapstrake/app/build/cache_manifest.hpp>

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <optional>
#include <tuple>

namespace lapstrake::app {
namespace {

using std::chrono::sys_seconds;

constexpr std::string_view diff_id_name = "dev.lapstrake.diff-id", compression_name = "dev.lapstrake.compression",
                           tar_size_name = "dev.lapstrake.tar-size", used_name = "dev.lapstrake.used";

std::string annotation(const oci::Descriptor& layer, std::string_view name) {
  const auto found = layer.annotations.find(std::string(name));
  return found == layer.annotations.end() ? std::string() : found->second;
}

std::optional<std::uint64_t> size_in(std::string_view text) {
  const auto number = parse_integer(text);
  return number && *number >= 0 ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

// RFC 3339 as oci::rfc3339 writes it, "2026-11-20T10:00:00Z"; nothing for other forms.
std::optional<sys_seconds> time_in(std::string_view text) {
  if (text.size() != 20) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t size) {
    return static_cast<int>(parse_integer(text.substr(at, size)).value_or(-1));
  };
  const std::chrono::year_month_day day(std::chrono::year(part(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(8, 2))));
  if (!day.ok()) return std::nullopt;
  const auto time = std::chrono::sys_days(day) + std::chrono::hours(part(11, 2)) + std::chrono::minutes(part(14, 2)) +
                    std::chrono::seconds(part(17, 2));
  // What was not of this form does not come out as it went in.
  return time.time_since_epoch().count() >= 0 && oci::rfc3339(time.time_since_epoch().count()) == text
             ? std::optional(time)
             : std::nullopt;
}

std::optional<CacheEntry> entry_of(const oci::Descriptor& layer) {
  const auto diff_id = oci::Digest::parse(annotation(layer, diff_id_name));
  const auto tar_size = size_in(annotation(layer, tar_size_name));
  const auto used = time_in(annotation(layer, used_name));
  if (!diff_id || !tar_size || !used || !layer.urls.empty()) return std::nullopt;
  return CacheEntry{.diff_id = *diff_id,
                    .byte_format = annotation(layer, oci::byte_format_annotation),
                    .compression = annotation(layer, compression_name),
                    .tar_size = *tar_size,
                    .used = *used,
                    .blob = {.media_type = layer.media_type, .digest = layer.digest, .size = layer.size}};
}

oci::Descriptor layer_of(const CacheEntry& entry) {
  auto layer = entry.blob;
  layer.annotations = {{std::string(diff_id_name), entry.diff_id.text()},
                       {std::string(oci::byte_format_annotation), entry.byte_format},
                       {std::string(compression_name), entry.compression},
                       {std::string(tar_size_name), cat(entry.tar_size)},
                       {std::string(used_name), oci::rfc3339(entry.used.time_since_epoch().count())}};
  return layer;
}

void add_or_update(std::vector<CacheEntry>& entries, CacheEntry used, sys_seconds now) {
  used.used = now;
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const auto& one) { return one.has_same_content(used); });
  if (found == entries.end())
    entries.push_back(std::move(used));
  else if (found->blob != used.blob || found->tar_size != used.tar_size || found->used > now ||
           now - found->used >= cache_use_step)
    *found = std::move(used);
}

}  // namespace

std::vector<CacheEntry> parse_cache(std::string_view text, std::string_view media_type, std::string_view what) {
  const auto refuse = [&](std::string why) {
    throw Error(ErrorKind::integrity, cat(what, " is not a layer cache: ", why));
  };
  if (text.size() > most_cache_text)
    refuse(cat("its size is ", human_size(text.size()), ", the limit ", human_size(most_cache_text)));
  const auto manifest = oci::parse_manifest(text, media_type, what);
  if (manifest.artifact_type != cache_artifact_type)
    refuse(cat("its `artifactType` is `", printable(manifest.artifact_type, 120), "`"));
  if (manifest.layers.size() > most_cache_entries)
    refuse(cat("it has ", manifest.layers.size(), " layers, the limit is ", most_cache_entries));
  std::vector<CacheEntry> entries;
  for (const auto& layer : manifest.layers)
    if (auto entry = entry_of(layer)) entries.push_back(std::move(*entry));
  return entries;
}

std::string render_cache(const std::vector<CacheEntry>& entries) {
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .artifact_type = std::string(cache_artifact_type),
                         .config = oci::descriptor_of(empty_config, oci::media_type::empty)};
  for (const auto& entry : entries) manifest.layers.push_back(layer_of(entry));
  return oci::render(manifest);
}

std::vector<CacheEntry> merged(std::vector<CacheEntry> before, const std::vector<CacheEntry>& used, sys_seconds now) {
  for (const auto& entry : used) add_or_update(before, entry, now);
  // A clock may be wrong by a day; what is further ahead would never leave.
  std::erase_if(before, [&](const auto& entry) {
    return now - entry.used > most_cache_age || entry.used - now > cache_use_step;
  });
  const auto order = [](const CacheEntry& entry) {
    return std::tuple(-entry.used.time_since_epoch().count(), entry.diff_id, entry.compression, entry.byte_format);
  };
  std::sort(before.begin(), before.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
  if (before.size() > most_cache_entries)
    before.erase(before.begin() + static_cast<std::ptrdiff_t>(most_cache_entries), before.end());
  return before;
}

}  // namespace lapstrake::app
