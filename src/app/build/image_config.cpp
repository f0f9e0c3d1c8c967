#include "image_config.hpp"

#include <algorithm>
#include <lapstrake/app/packages/layer_packages.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/write.hpp>

namespace lapstrake::app {
namespace {

// A history that lacks entries for layers is filled up, since readers pair the two (image-spec config.md).
void complete_history(oci::ImageConfig& config, const std::string& created) {
  const auto real = static_cast<std::size_t>(std::count_if(config.history.begin(), config.history.end(),
                                                           [](const auto& entry) { return !entry.empty_layer; }));
  for (std::size_t i = real; i < config.diff_ids.size(); ++i)
    config.history.push_back({.created = created, .created_by = "a layer of the base", .author = {}, .comment = {}});
}

void set_variable(std::vector<std::string>& env, const std::string& name, const std::string& value) {
  const std::string line = cat(name, "=", value);
  const auto found = std::find_if(env.begin(), env.end(), [&](const auto& one) { return one.starts_with(name + "="); });
  if (found == env.end())
    env.push_back(line);
  else
    *found = line;
}

void add_missing(std::vector<std::string>& list, const std::vector<std::string>& more) {
  std::set<std::string> known(list.begin(), list.end());
  for (const auto& one : more)
    if (known.insert(one).second) list.push_back(one);
}

// Over the base's config, by a Dockerfile's rules: an entrypoint of the spec's own drops the base's cmd.
void apply_config(oci::ImageConfig& config, const spec::Image& image) {
  if (image.entrypoint) config.entrypoint = image.entrypoint, config.cmd.reset();
  if (image.cmd) config.cmd = image.cmd;
  for (const auto& [name, value] : image.env) set_variable(config.env, name, value);
  for (const auto& [name, value] : image.labels) config.labels[name] = value;
  add_missing(config.exposed_ports, image.expose);
  add_missing(config.volumes, image.volumes);
  if (!image.user.empty()) config.user = image.user;
  if (!image.workdir.empty()) config.workdir = image.workdir;
  if (!image.stopsignal.empty()) config.stopsignal = image.stopsignal;
  if (!image.author.empty()) config.author = image.author;
}

// The PATH that Docker and runc set when an image has none.
constexpr std::string_view default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Programs of packages come first, unless the spec sets PATH.
void add_program_folders(oci::ImageConfig& config, const spec::Image& image) {
  const auto folders = program_folders(image);
  if (folders.empty() || std::ranges::any_of(image.env, [](const auto& one) { return one.first == "PATH"; })) return;
  std::string rest(default_path);
  for (const auto& line : config.env)
    if (line.starts_with("PATH=")) rest = line.substr(5);
  set_variable(config.env, "PATH", cat(join(folders, ":"), ":", rest));
}

// `linux/arm` says less than the base does: what runs on v7 may need v7. (arm64 and amd64 alone mean v8 and v1.)
oci::Platform platform_on(oci::Platform platform, const std::optional<BaseImage>& base) {
  if (!base || platform.architecture != "arm" || !platform.variant.empty()) return platform;
  platform.variant = base->image.config.platform.variant;
  if (const auto& stated = base->image.manifest_descriptor.platform; stated && platform.variant.empty())
    platform.variant = stated->variant;
  return platform;
}

}  // namespace

ManifestParts initial_parts(const Context& context, const spec::Image& image, const oci::Platform& platform,
                            const std::optional<BaseImage>& base) {
  const auto created = oci::rfc3339(context.build.epoch);
  ManifestParts parts;
  if (base) {
    parts.config = base->image.config;
    parts.layers = base->layers;
    parts.annotations[std::string(oci::base_digest_annotation)] = base->image.manifest_descriptor.digest.text();
    if (!base->name.empty()) parts.annotations[std::string(oci::base_name_annotation)] = base->name;
  }
  parts.config.platform = platform_on(platform, base);
  parts.config.created = created;
  complete_history(parts.config, created);
  apply_config(parts.config, image);
  add_program_folders(parts.config, image);
  for (const auto& [name, value] : image.annotations) parts.annotations[name] = value;
  parts.annotations[std::string(oci::byte_format_annotation)] = layers::byte_format();
  return parts;
}

}  // namespace lapstrake::app
