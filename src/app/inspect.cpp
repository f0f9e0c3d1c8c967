#include <lapstrake/app/build.hpp>
#include <lapstrake/app/inspect.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/store/exchange.hpp>
#include <nlohmann/json.hpp>

#include "network.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::ordered_json;

oci::Place place_of(const Context& context, const spec::Project* project, const std::string& name) {
  if (project != nullptr)
    for (const auto& image : project->images)
      if (image.name == name) {
        const auto store = store::Store::open(context.store_root);
        const auto root = store.ref(ref_name(image));
        if (!root)
          throw Error(Fault::input, cat("image `", name, "` was not built yet"), cat("`lapstrake build ", name, "`"));
        return store.place(name, *root);
      }
  const auto reference = oci::parse_reference(name);
  if (const auto* disk = std::get_if<oci::DiskReference>(&reference)) return store::open_image(*disk);
  const auto& remote = std::get<oci::RegistryReference>(reference);
  const Network network(context, project != nullptr ? project->registries : Registries{});
  return registry::place(network.repository(remote.host, remote.repository), remote);
}

InspectedImage look_into(const oci::LoadedImage& loaded) {
  InspectedImage image{.manifest = loaded.manifest_descriptor,
                       .annotations = loaded.manifest.annotations,
                       .config = loaded.config,
                       .config_text = loaded.config_text,
                       .layers = {}};
  std::vector<std::string> made_by;
  for (const auto& entry : loaded.config.history)
    if (!entry.empty_layer) made_by.push_back(entry.created_by);
  for (std::size_t i = 0; i < loaded.manifest.layers.size(); ++i)
    image.layers.push_back({.descriptor = loaded.manifest.layers[i],
                            .diff_id = loaded.config.diff_ids[i],
                            .created_by = i < made_by.size() ? made_by[i] : std::string()});
  return image;
}

// The platforms of an index that are images (attestations call themselves unknown/unknown).
std::vector<oci::Platform> platforms_in(const oci::Place& place, const oci::Descriptor& root) {
  std::vector<oci::Platform> platforms;
  for (const auto& child :
       oci::parse_index(place.text(root), root.media_type, cat("the index of `", place.name, "`")).manifests) {
    if (oci::is_index(child.media_type))
      for (auto& platform : platforms_in(place, child)) platforms.push_back(std::move(platform));
    else if (child.platform && child.platform->os != "unknown")
      platforms.push_back(*child.platform);
  }
  return platforms;
}

// The platform that a lone manifest's config states.
oci::Platform own_platform(const oci::Place& place, const oci::Descriptor& root) {
  const auto what = cat("the manifest of `", place.name, "`");
  const auto manifest = oci::parse_manifest(place.text(root), root.media_type, what);
  return oci::parse_config(place.text(manifest.config), cat("the config of `", place.name, "`")).platform;
}

std::string list_of(const std::optional<std::vector<std::string>>& words) {
  return words ? ordered_json(*words).dump() : std::string();
}

void add_line(std::string& out, std::string_view label, const std::string& text) {
  if (!text.empty())
    out += cat("  ", label, std::string(label.size() < 12 ? 12 - label.size() : 1, ' '), printable(text, 4096), "\n");
}

void add_image(std::string& out, const InspectedImage& image) {
  const auto& config = image.config;
  out += cat(config.platform.text(), "\n");
  add_line(out, "manifest", image.manifest.digest.text());
  add_line(out, "created", config.created);
  add_line(out, "author", config.author);
  add_line(out, "user", config.user);
  add_line(out, "workdir", config.workdir);
  add_line(out, "entrypoint", list_of(config.entrypoint));
  add_line(out, "cmd", list_of(config.cmd));
  for (const auto& line : config.env) add_line(out, "env", line);
  for (const auto& port : config.exposed_ports) add_line(out, "expose", port);
  for (const auto& volume : config.volumes) add_line(out, "volume", volume);
  add_line(out, "stopsignal", config.stopsignal);
  for (const auto& [name, value] : config.labels) add_line(out, "label", cat(name, "=", value));
  for (const auto& [name, value] : image.annotations) add_line(out, "annotation", cat(name, "=", value));
  std::uint64_t total = 0;
  for (const auto& layer : image.layers) {
    total += layer.descriptor.size;
    add_line(out, "layer",
             cat(layer.descriptor.digest.text(), "  ", human_size(layer.descriptor.size), "  ", layer.created_by));
  }
  add_line(out, "size", cat(human_size(total), " in ", count_of(image.layers.size(), "layer")));
}

ordered_json json_of(const InspectedImage& image) {
  ordered_json out{{"platform", image.config.platform.text()},
                   {"digest", image.manifest.digest.text()},
                   {"mediaType", image.manifest.media_type},
                   {"annotations", ordered_json::object()},
                   {"layers", ordered_json::array()}};
  for (const auto& [name, value] : image.annotations) out["annotations"][name] = value;
  for (const auto& layer : image.layers)
    out["layers"].push_back({{"digest", layer.descriptor.digest.text()},
                             {"size", layer.descriptor.size},
                             {"mediaType", layer.descriptor.media_type},
                             {"diffId", layer.diff_id.text()},
                             {"createdBy", layer.created_by}});
  out["config"] = parse_json(image.config_text, "the config", {});
  return out;
}

}  // namespace

Inspection inspect(const Context& context, const spec::Project* project, const std::string& name) {
  return step(cat("inspecting `", name, "`"), [&] {
    const auto place = place_of(context, project, name);
    Inspection inspection{.name = name, .root = place.root(), .images = {}};
    auto platforms = context.platforms;
    if (platforms.empty())
      platforms = oci::is_index(inspection.root.media_type) ? platforms_in(place, inspection.root)
                                                            : std::vector{own_platform(place, inspection.root)};
    for (const auto& platform : platforms) inspection.images.push_back(look_into(oci::load(place, platform)));
    return inspection;
  });
}

std::string report(const Inspection& inspection) {
  std::string out = cat(inspection.name, "\n");
  add_line(out, "digest", inspection.root.digest.text());
  add_line(out, "type", inspection.root.media_type);
  for (const auto& image : inspection.images) add_image(out, image);
  return out;
}

std::string report_json(const Inspection& inspection) {
  ordered_json out{{"name", inspection.name},
                   {"digest", inspection.root.digest.text()},
                   {"mediaType", inspection.root.media_type},
                   {"images", ordered_json::array()}};
  for (const auto& image : inspection.images) out["images"].push_back(json_of(image));
  return out.dump(2) + "\n";
}

}  // namespace lapstrake::app
