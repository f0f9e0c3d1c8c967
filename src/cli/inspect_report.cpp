#include "inspect_report.hpp"

#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "octal.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

std::string line_of(const app::InspectedFile& file) {
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

void add_image(std::string& out, const app::InspectedImage& image) {
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
  for (const auto& [path, bytes] : image.largest) add_line(out, "largest", cat(human_size(bytes), "  /", path));
  add_line(out, "size", cat(human_size(total), " in ", count_of(image.layers.size(), "layer")));
}

ordered_json json_of(const app::InspectedImage& image) {
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
  for (const auto& [path, bytes] : image.largest) out["largest"].push_back({{"path", path}, {"bytes", bytes}});
  out["config"] = parse_json(image.config_text, "the config", {});
  return out;
}

}  // namespace

std::string inspect_report(const app::Inspection& inspection) {
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

ordered_json inspect_json(const app::Inspection& inspection) {
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
  return out;
}

}  // namespace lapstrake::cli
