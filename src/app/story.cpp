#include "story.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/oci/place.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <nlohmann/json.hpp>
#include <set>

namespace lapstrake::app {
namespace {

std::optional<std::string> annotation(const oci::Manifest& manifest, std::string_view name) {
  const auto found = manifest.annotations.find(std::string(name));
  return found == manifest.annotations.end() ? std::nullopt : std::optional(found->second);
}

// Nothing when the last build is not whole any more: then it is no help either.
std::optional<oci::LoadedImage> loaded(const store::Store& store, const oci::Descriptor& root,
                                       const oci::Platform& platform) {
  try {
    return oci::load(store.place("the last build", root), platform);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The members of `config`, and those beside it that a build decides.
std::vector<std::string> differing_members(const std::string& before, const std::string& after) {
  const auto old = parse_json(before, "a config"), now = parse_json(after, "a config");
  std::set<std::string> names;
  const auto compare = [&](const nlohmann::json& a, const nlohmann::json& b) {
    for (const auto* one : {&a, &b})
      for (const auto& [name, value] : one->items())
        if (a.value(name, nlohmann::json()) != b.value(name, nlohmann::json())) names.insert(name);
  };
  compare(old.value("config", nlohmann::json::object()), now.value("config", nlohmann::json::object()));
  for (const auto* name : {"author", "created", "os", "architecture", "variant"})
    if (old.value(name, "") != now.value(name, "")) names.insert(name);
  return {names.begin(), names.end()};
}

}  // namespace

LayerStory layer_story(const store::Store& store, const std::string& layer, const std::optional<oci::Digest>& before,
                       const oci::Digest& after) {
  LayerStory story{.layer = layer};
  if (!before) return story;
  story.fate = *before == after ? LayerStory::Fate::reused : LayerStory::Fate::rebuilt;
  if (story.fate == LayerStory::Fate::reused) return story;
  const auto old = store::find_inventory(store, *before), now = store::find_inventory(store, after);
  if (!old || !now) {
    story.reasons.emplace_back("what the layer held before is not known any more");
    return story;
  }
  story.reasons = layers::wholesale_changes(*old, *now);
  story.changes = layers::changes(*old, *now);
  return story;
}

ImageStory image_story(const store::Store& store, const std::string& name, const oci::Platform& platform,
                       const oci::Descriptor& after) {
  ImageStory story{.platform = platform, .after = after.digest};
  const auto ref = store.ref(name);
  const auto old = ref ? loaded(store, *ref, platform) : std::nullopt;
  const auto now = loaded(store, after, platform);
  if (!old || !now) return story;
  story.before = old->manifest_descriptor.digest;
  const auto base_before = annotation(old->manifest, oci::base_digest_annotation),
             base_after = annotation(now->manifest, oci::base_digest_annotation);
  if (base_before != base_after)
    story.base_before = base_before.value_or("scratch"), story.base_after = base_after.value_or("scratch");
  story.config = differing_members(old->config_text, now->config_text);
  return story;
}

}  // namespace lapstrake::app
