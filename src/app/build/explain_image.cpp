#include "explain_image.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include <lapstrake/app/images/manifests.hpp>
#include "layer_build.hpp"

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
    return oci::load(store.reader("the last build", root), platform);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The members of `config`, and those beside it that a build decides.
std::set<std::string> differing_members(const std::string& before, const std::string& after) {
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
  return names;
}

oci::Annotations annotations_of_spec(const oci::Manifest& manifest) {
  auto annotations = manifest.annotations;
  for (const auto name : {oci::base_name_annotation, oci::base_digest_annotation, oci::byte_format_annotation})
    annotations.erase(std::string(name));
  return annotations;
}

// The layers of an image that its history names, the base's too if lapstrake built that; from `first` on.
std::vector<NamedLayer> named_layers(const oci::LoadedImage& image, std::size_t first) {
  std::vector<NamedLayer> out;
  std::size_t at = 0;
  for (const auto& entry : image.config.history) {
    if (entry.empty_layer) continue;
    if (at == image.manifest.layers.size()) return {};  // a history that does not go with the layers
    const auto& blob = image.manifest.layers[at++].digest;
    if (at > first && entry.created_by.starts_with(history_of_layer))
      out.push_back({.name = entry.created_by.substr(history_of_layer.size()), .blob = blob});
  }
  return out;
}

const NamedLayer* find(const std::vector<NamedLayer>& layers, const std::string& name) {
  // Of two of one name the later is the image's own, the other its base's.
  const auto found = std::find_if(layers.rbegin(), layers.rend(), [&](const auto& one) { return one.name == name; });
  return found == layers.rend() ? nullptr : &*found;
}

LayerChange layer_change(const store::Store& store, const NamedLayer* before, const NamedLayer& after) {
  LayerChange change{.layer = after.name};
  if (before == nullptr) return change;
  change.status = before->blob == after.blob ? LayerChange::Status::reused : LayerChange::Status::rebuilt;
  if (change.status == LayerChange::Status::reused) return change;
  const auto old = store::find_inventory(store, before->blob), now = store::find_inventory(store, after.blob);
  if (!old || !now) {
    change.reasons.emplace_back("previous contents unknown");
    return change;
  }
  change.reasons = layers::wholesale_changes(*old, *now);
  if (old->key != now->key) change.reasons.emplace_back("files of the same size could not be compared");
  change.changes = layers::changes(*old, *now);
  return change;
}

// The names of both, in the order of the first.
std::vector<std::string> common_names(const std::vector<NamedLayer>& of, const std::vector<NamedLayer>& with) {
  std::vector<std::string> out;
  for (const auto& one : of)
    if (find(of, one.name) == &one && find(with, one.name) != nullptr) out.push_back(one.name);
  return out;
}

std::vector<std::string> image_reasons(const oci::LoadedImage& old, const oci::LoadedImage& now,
                                       const std::vector<NamedLayer>& before, const std::vector<NamedLayer>& after) {
  std::vector<std::string> out;
  const auto format_before = annotation(old.manifest, oci::byte_format_annotation),
             format_after = annotation(now.manifest, oci::byte_format_annotation);
  if (format_before && format_before != format_after)
    out.push_back(cat("the byte format was ", *format_before, " and is ", format_after.value_or("unknown")));
  const auto base_before = annotation(old.manifest, oci::base_name_annotation),
             base_after = annotation(now.manifest, oci::base_name_annotation);
  if (base_before && base_after && base_before != base_after)
    out.push_back(cat("the base name was ", *base_before, " and is ", *base_after));
  for (const auto& one : before)
    if (find(before, one.name) == &one && find(after, one.name) == nullptr)
      out.push_back(cat("layer ", one.name, " was removed"));
  if (common_names(before, after) != common_names(after, before)) out.emplace_back("the order of the layers changed");
  return out;
}

}  // namespace

ImageChange explain_image(const store::Store& store, const std::string& name, const oci::Platform& platform,
                          const oci::Descriptor& after, const std::vector<NamedLayer>& layers) {
  ImageChange change{.platform = platform, .after = after.digest};
  const auto ref = store.ref(name);
  const auto old = ref ? loaded(store, *ref, platform) : std::nullopt;
  const auto now = loaded(store, after, platform);
  std::vector<NamedLayer> before;
  if (old && now) {
    change.before = old->manifest_descriptor.digest;
    const auto base_before = annotation(old->manifest, oci::base_digest_annotation),
               base_after = annotation(now->manifest, oci::base_digest_annotation);
    const bool is_base_same = base_before == base_after;
    if (!is_base_same)
      change.base_before = base_before.value_or("scratch"), change.base_after = base_after.value_or("scratch");
    before = named_layers(*old, is_base_same ? now->manifest.layers.size() - layers.size() : 0);
    // Of a base that was another it is not told which layers were its own; those that were built in this place were
    // not.
    if (!is_base_same)
      std::erase_if(before, [&](const auto& one) {
        const LayerId id{.image = name, .platform = platform.text(), .layer = one.name};
        return find(layers, one.name) == nullptr && !store::last_built(store, id.key());
      });
    change.reasons = image_reasons(*old, *now, before, layers);
    auto members = differing_members(old->config_text, now->config_text);
    if (annotations_of_spec(old->manifest) != annotations_of_spec(now->manifest)) members.insert("annotations");
    change.config = {members.begin(), members.end()};
  }
  for (const auto& layer : layers) change.layers.push_back(layer_change(store, find(before, layer.name), layer));
  return change;
}

void set_last_build(const store::Store& store, const std::string& name, BuiltImage& built) {
  const auto last = store.ref(name);
  if (!last) return;
  built.before = last->digest;
  try {
    for (const auto& platform : platforms_of(store.reader("the last build", *last), *last))
      if (std::none_of(built.manifests.begin(), built.manifests.end(),
                       [&](const auto& one) { return one.platform == platform; }))
        built.platforms_gone.push_back(platform);
  } catch (const Error&) {  // not whole any more: then it is no help
    built.platforms_gone.clear();
  }
}

}  // namespace lapstrake::app
