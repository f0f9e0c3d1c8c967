#include <lapstrake/app/inspect/inspect.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/layers/tree_budget.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/referrers.hpp>
#include <nlohmann/json.hpp>

#include <lapstrake/app/images/manifests.hpp>
#include <lapstrake/app/images/source_image.hpp>
#include "largest.hpp"
#include "octal.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::ordered_json;

InspectedImage inspected_image(const oci::LoadedImage& loaded) {
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

char type_of(const layers::TarEntry& entry) {
  switch (entry.kind) {
    case layers::Kind::directory: return 'd';
    case layers::Kind::symlink: return 'l';
    case layers::Kind::hardlink: return 'h';
    case layers::Kind::file: break;
  }
  return entry.special ? 's' : '-';
}

void list_files(const oci::ImageReader& reader, InspectedImage& image, layers::TreeBudget& budget,
                const std::stop_token& stop) {
  for (auto& layer : image.layers)
    layers::read_tar(budget.metered(reader.open(layer.descriptor)), cat("layer ", layer.descriptor.digest.text()),
                     [&](const layers::TarEntry& entry, const Source&) {
                       // Once here, and once or twice in the report.
                       budget.keep(entry.path,
                                   2 * sizeof(InspectedFile) + 2 * entry.path.size() + entry.target->size());
                       layer.files.push_back({.path = entry.path,
                                              .type = type_of(entry),
                                              .mode = entry.mode,
                                              .uid = entry.uid,
                                              .gid = entry.gid,
                                              .size = entry.size,
                                              .target = *entry.target});
                     },
                     {.stop = stop});
}

std::string line_of(const InspectedFile& file) {
  return cat("      ", file.type, octal(file.mode), " ", file.uid, ":", file.gid, " ", file.size, " /",
             printable(file.path, 4096), file.target.empty() ? "" : cat(" -> ", printable(file.target, 4096)), "\n");
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
  out += cat(printable(config.platform.text(), 200), "\n");
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
    for (const auto& file : layer.files) out += line_of(file);
  }
  for (const auto& [path, bytes] : largest(image.layers)) add_line(out, "largest", cat(human_size(bytes), "  /", path));
  add_line(out, "size", cat(human_size(total), " in ", count_of(image.layers.size(), "layer")));
}

ordered_json json_of(const InspectedImage& image) {
  ordered_json out{{"platform", image.config.platform.text()},
                   {"digest", image.manifest.digest.text()},
                   {"mediaType", image.manifest.media_type},
                   {"annotations", ordered_json::object()},
                   {"layers", ordered_json::array()}};
  for (const auto& [name, value] : image.annotations) out["annotations"][name] = value;
  for (const auto& layer : image.layers) {
    out["layers"].push_back({{"digest", layer.descriptor.digest.text()},
                             {"size", layer.descriptor.size},
                             {"mediaType", layer.descriptor.media_type},
                             {"diffId", layer.diff_id.text()},
                             {"createdBy", layer.created_by}});
    for (const auto& file : layer.files)
      out["layers"].back()["files"].push_back({{"path", file.path},
                                               {"type", std::string(1, file.type)},
                                               {"mode", octal(file.mode)},
                                               {"uid", file.uid},
                                               {"gid", file.gid},
                                               {"size", file.size},
                                               {"target", file.target}});
  }
  for (const auto& [path, bytes] : largest(image.layers)) out["largest"].push_back({{"path", path}, {"bytes", bytes}});
  out["config"] = parse_json(image.config_text, "the config", {});
  return out;
}

std::vector<oci::Descriptor> referrers_of(const SourceImage& source, const oci::Digest& digest) {
  if (source.repository == nullptr)
    throw Error(ErrorKind::usage,
                cat("`--referrers` needs an image in a registry, and `", source.reader.name, "` is not in one"),
                "name the image as HOST/REPOSITORY:TAG");
  return registry::list_referrers(*source.repository, digest);
}

}  // namespace

Inspection inspect(const Context& context, const spec::Project* project, const std::string& name,
                   const InspectOptions& options) {
  return step(cat("inspecting `", name, "`"), [&] {
    const auto source = open_image(context, project, name);
    const auto& reader = source.reader;
    Inspection inspection{.name = name, .root = reader.root(), .images = {}};
    layers::TreeBudget budget;
    auto platforms = context.platforms;
    if (platforms.empty()) platforms = platforms_of(reader, inspection.root);
    for (const auto& platform : platforms) {
      inspection.images.push_back(inspected_image(oci::load(reader, platform)));
      if (options.files) list_files(reader, inspection.images.back(), budget, context.runtime.stop);
    }
    if (options.referrers) inspection.referrers = referrers_of(source, inspection.root.digest);
    return inspection;
  });
}

std::string report(const Inspection& inspection) {
  std::string out = cat(inspection.name, "\n");
  add_line(out, "digest", inspection.root.digest.text());
  add_line(out, "type", inspection.root.media_type);
  for (const auto& image : inspection.images) add_image(out, image);
  if (inspection.referrers) {
    out += cat("referrers: ", inspection.referrers->size(), "\n");
    for (const auto& one : *inspection.referrers)
      add_line(out, "referrer",
               cat(one.digest.text(), "  ", human_size(one.size), "  ",
                   one.artifact_type.empty() ? one.media_type : one.artifact_type));
  }
  return out;
}

std::string report_json(const Inspection& inspection) {
  ordered_json out{{"name", inspection.name},
                   {"digest", inspection.root.digest.text()},
                   {"mediaType", inspection.root.media_type},
                   {"images", ordered_json::array()}};
  for (const auto& image : inspection.images) out["images"].push_back(json_of(image));
  if (inspection.referrers) {
    out["referrers"] = ordered_json::array();
    for (const auto& one : *inspection.referrers) {
      out["referrers"].push_back({{"digest", one.digest.text()},
                                  {"size", one.size},
                                  {"mediaType", one.media_type},
                                  {"artifactType", one.artifact_type}});
      for (const auto& [name, value] : one.annotations) out["referrers"].back()["annotations"][name] = value;
    }
  }
  return pretty_json(out) + "\n";
}

}  // namespace lapstrake::app
