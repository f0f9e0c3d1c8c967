#include "plan_report.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;
using Status = app::LayerChange::Status;

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

std::string causes(const app::LayerChange& layer) {
  auto all = layer.reasons;
  if (const auto count = layer.changes.size(); count > 0) all.push_back(cat(count_of(count, "changed path")));
  return all.empty() ? "cause unknown" : join(all, "; ");
}

// The path in the image, from its root.
std::string shown(const layers::Change& change, std::size_t limit) { return printable(cat("/", change.path), limit); }

void add_lines(const app::LayerChange& layer, std::vector<std::string>& lines) {
  const auto head = cat("  layer ", printable(layer.layer), ": ");
  if (layer.status != Status::rebuilt) {
    lines.push_back(head + (layer.status == Status::reused ? "unchanged" : "new"));
    return;
  }
  lines.push_back(cat(head, "rebuilt: ", printable(causes(layer))));
  const auto listed = std::min(most_listed, layer.changes.size());
  for (std::size_t i = 0; i < listed; ++i)
    lines.push_back(cat("    ", shown(layer.changes[i], 1024), ": ", name_of(layer.changes[i].what)));
  if (layer.changes.size() > listed) lines.push_back(cat("    ... and ", layer.changes.size() - listed, " more"));
}

bool is_unexplained(const app::ImageChange& change) {
  const bool is_same = std::all_of(change.layers.begin(), change.layers.end(),
                                   [](const auto& layer) { return layer.status == Status::reused; });
  return change.before && *change.before != change.after && is_same && !change.base_before && change.reasons.empty() &&
         change.config.empty();
}

void add_lines(const app::ImageChange& change, std::vector<std::string>& lines) {
  if (change.base_before && change.base_after)
    lines.push_back(cat("  base: ", printable(*change.base_before), " -> ", printable(*change.base_after)));
  for (const auto& reason : change.reasons) lines.push_back(cat("  ", printable(reason)));
  for (const auto& layer : change.layers) add_lines(layer, lines);
  if (is_unexplained(change)) lines.push_back("  cause unknown");
  if (!change.config.empty()) lines.push_back(cat("  changed settings: ", join(spec_words(change.config), ", ")));
}

ordered_json layer_json(const app::LayerChange& layer) {
  static constexpr const char* statuses[] = {"reused", "rebuilt", "new"};
  ordered_json changes = ordered_json::array();
  for (const auto& change : layer.changes)
    changes.push_back({{"path", shown(change, std::string::npos)}, {"what", name_of(change.what)}});
  return {{"name", layer.layer},
          {"fate", statuses[static_cast<std::size_t>(layer.status)]},
          {"reasons", layer.reasons},
          {"changes", changes}};
}

ordered_json text_or_null(const std::optional<oci::Digest>& digest) {
  return digest ? ordered_json(digest->text()) : ordered_json(nullptr);
}

ordered_json platform_json(const app::ImageChange& change) {
  ordered_json layers = ordered_json::array();
  for (const auto& layer : change.layers) layers.push_back(layer_json(layer));
  ordered_json base = nullptr;
  if (change.base_before && change.base_after) base = {{"before", *change.base_before}, {"after", *change.base_after}};
  return {{"platform", change.platform.text()}, {"before", text_or_null(change.before)},
          {"digest", change.after.text()},      {"base", base},
          {"reasons", change.reasons},          {"layers", layers},
          {"config", spec_words(change.config)}};
}

}  // namespace

std::string plan_report(const app::BuiltImage& image) {
  std::vector<std::string> lines{cat(image.name, ": ", step_of(image.before, image.root.digest))};
  if (image.changes.empty()) lines.push_back("  not built: replaced by --image");
  for (const auto& change : image.changes) {
    if (image.changes.size() > 1)
      lines.push_back(cat(image.name, " ", change.platform.text(), ": ", step_of(change.before, change.after)));
    add_lines(change, lines);
  }
  if (!image.platforms_gone.empty()) {
    std::vector<std::string> gone;
    for (const auto& platform : image.platforms_gone) gone.push_back(platform.text());
    lines.push_back(cat("  removed platforms: ", printable(join(gone, ", "))));
  }
  return join(lines, "\n");
}

ordered_json plan_json(const app::BuiltImage& image) {
  ordered_json platforms = ordered_json::array(), gone = ordered_json::array();
  for (const auto& change : image.changes) platforms.push_back(platform_json(change));
  for (const auto& platform : image.platforms_gone) gone.push_back(platform.text());
  return {{"before", text_or_null(image.before)}, {"platforms", platforms}, {"platformsGone", gone}};
}

}  // namespace lapstrake::cli
