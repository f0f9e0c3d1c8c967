#include "explanation.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;
using Fate = app::LayerStory::Fate;

constexpr std::size_t most_listed = 10;

// The spec key that sets a member of the image config.
std::string spec_word(const std::string& member) {
  static constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"Env", "env"},
      {"Entrypoint", "entrypoint"},
      {"Cmd", "cmd"},
      {"User", "user"},
      {"WorkingDir", "workdir"},
      {"ExposedPorts", "expose"},
      {"Volumes", "volumes"},
      {"StopSignal", "stopsignal"},
      {"Labels", "labels"},
      {"created", "SOURCE_DATE_EPOCH"},
  };
  for (const auto& [name, word] : words)
    if (name == member) return std::string(word);
  return printable(member);
}

std::vector<std::string> spec_words(const std::vector<std::string>& members) {
  std::vector<std::string> out;
  for (const auto& member : members) out.push_back(spec_word(member));
  std::sort(out.begin(), out.end());
  return out;
}

// "unchanged sha256:...", "sha256:... -> sha256:...", "new sha256:...".
std::string step_of(const std::optional<oci::Digest>& before, const oci::Digest& after) {
  if (!before) return cat("new ", after.text());
  return *before == after ? cat("unchanged ", after.text()) : cat(before->text(), " -> ", after.text());
}

std::string causes(const app::LayerStory& layer) {
  auto all = layer.reasons;
  if (const auto count = layer.changes.size(); count > 0) all.push_back(cat(count_of(count, "changed path")));
  return all.empty() ? "cause unknown" : join(all, "; ");
}

// The path in the image, from its root.
std::string shown(const layers::Change& change, std::size_t limit) { return printable(cat("/", change.path), limit); }

void add_lines(const app::LayerStory& layer, std::vector<std::string>& lines) {
  const auto head = cat("  layer ", printable(layer.layer), ": ");
  if (layer.fate != Fate::rebuilt) {
    lines.push_back(head + (layer.fate == Fate::reused ? "unchanged" : "new"));
    return;
  }
  lines.push_back(cat(head, "rebuilt: ", printable(causes(layer))));
  const auto listed = std::min(most_listed, layer.changes.size());
  for (std::size_t i = 0; i < listed; ++i)
    lines.push_back(cat("    ", shown(layer.changes[i], 1024), ": ", name_of(layer.changes[i].what)));
  if (layer.changes.size() > listed) lines.push_back(cat("    ... and ", layer.changes.size() - listed, " more"));
}

bool is_unexplained(const app::ImageStory& story) {
  const bool is_same = std::all_of(story.layers.begin(), story.layers.end(),
                                   [](const auto& layer) { return layer.fate == Fate::reused; });
  return story.before && *story.before != story.after && is_same && !story.base_before && story.reasons.empty() &&
         story.config.empty();
}

void add_lines(const app::ImageStory& story, std::vector<std::string>& lines) {
  if (story.base_before && story.base_after)
    lines.push_back(cat("  base: ", printable(*story.base_before), " -> ", printable(*story.base_after)));
  for (const auto& reason : story.reasons) lines.push_back(cat("  ", printable(reason)));
  for (const auto& layer : story.layers) add_lines(layer, lines);
  if (is_unexplained(story)) lines.push_back("  cause unknown");
  if (!story.config.empty()) lines.push_back(cat("  changed settings: ", join(spec_words(story.config), ", ")));
}

ordered_json layer_json(const app::LayerStory& layer) {
  static constexpr const char* fates[] = {"reused", "rebuilt", "new"};
  ordered_json changes = ordered_json::array();
  for (const auto& change : layer.changes)
    changes.push_back({{"path", shown(change, std::string::npos)}, {"what", name_of(change.what)}});
  return {{"name", layer.layer},
          {"fate", fates[static_cast<std::size_t>(layer.fate)]},
          {"reasons", layer.reasons},
          {"changes", changes}};
}

ordered_json text_or_null(const std::optional<oci::Digest>& digest) {
  return digest ? ordered_json(digest->text()) : ordered_json(nullptr);
}

ordered_json platform_json(const app::ImageStory& story) {
  ordered_json layers = ordered_json::array();
  for (const auto& layer : story.layers) layers.push_back(layer_json(layer));
  ordered_json base = nullptr;
  if (story.base_before && story.base_after) base = {{"before", *story.base_before}, {"after", *story.base_after}};
  return {{"platform", story.platform.text()}, {"before", text_or_null(story.before)},
          {"digest", story.after.text()},      {"base", base},
          {"reasons", story.reasons},          {"layers", layers},
          {"config", spec_words(story.config)}};
}

}  // namespace

std::string explanation(const app::BuiltImage& image) {
  std::vector<std::string> lines{cat(image.name, ": ", step_of(image.before, image.root.digest))};
  if (image.stories.empty()) lines.push_back("  not built: replaced by --image");
  for (const auto& story : image.stories) {
    if (image.stories.size() > 1)
      lines.push_back(cat(image.name, " ", story.platform.text(), ": ", step_of(story.before, story.after)));
    add_lines(story, lines);
  }
  if (!image.platforms_gone.empty()) {
    std::vector<std::string> gone;
    for (const auto& platform : image.platforms_gone) gone.push_back(platform.text());
    lines.push_back(cat("  removed platforms: ", printable(join(gone, ", "))));
  }
  return join(lines, "\n");
}

ordered_json explanation_json(const app::BuiltImage& image) {
  ordered_json platforms = ordered_json::array(), gone = ordered_json::array();
  for (const auto& story : image.stories) platforms.push_back(platform_json(story));
  for (const auto& platform : image.platforms_gone) gone.push_back(platform.text());
  return {{"before", text_or_null(image.before)}, {"platforms", platforms}, {"platformsGone", gone}};
}

}  // namespace lapstrake::cli
