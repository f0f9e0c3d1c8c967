#include "container_hosts.hpp"

#include <algorithm>
#include <lapstrake/app/build/recipe_for.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/app/tasks/containers.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/assemble.hpp>
#include <lapstrake/layers/lower_files.hpp>
#include <map>
#include <set>

#include "nginx_hosts.hpp"

namespace lapstrake::app {
namespace {

constexpr std::uint64_t most_bytes = limits::MiB;  // of a configuration that people write

bool is_nginx_config(std::string_view path) {
  const auto name = name_of(path);
  if (name == "nginx.conf") return true;
  const bool is_config = name.ends_with(".conf") || name.ends_with(".conf.template");
  return is_config && !for_each_part(parent_of(path), [](std::string_view part) { return part != "nginx"; });
}

struct ConfigFile {
  NginxConfig config;
  Position where;  // line 0: of the copied file, whose lines count
};

// As the user would write the path.
std::string shown(const std::filesystem::path& file, const std::filesystem::path& folder) {
  std::error_code failure;
  const auto inside = file.lexically_relative(std::filesystem::canonical(folder, failure));
  if (failure || inside.empty() || *inside.begin() == "..") return file.string();
  return (folder / inside).lexically_normal().string();
}

Position position_of(const layers::Entry& entry, const std::vector<oci::File>& files,
                     const std::filesystem::path& folder) {
  if (const auto* host = std::get_if<layers::HostFile>(&entry.content)) return {.file = shown(host->path(), folder)};
  for (const auto& file : files)
    if (std::string_view(file.path).substr(1) == entry.path) return file.where;
  return {};
}

// The files of a layer that come from the project and the spec, whatever is below them.
std::vector<layers::Entry> own_entries(const Context& context, const spec::Project& project,
                                       const oci::LayerRecipe& layer) {
  oci::LayerRecipe recipe;
  recipe.name = layer.name;
  recipe.copies = layer.copies;
  recipe.files = layer.files;
  for (auto& copy : recipe.copies) copy.owner = {};
  for (auto& file : recipe.files) file.owner = {};
  const layers::BaseFiles nothing;
  return layers::assemble(recipe, nothing, layers::AccountTable({}, nothing),
                          {.root = project.folder,
                           .allow_outside = context.build.allow_outside,
                           .own_files = own_files(),
                           .scratch = scratch(context),
                           .stop = context.runtime.stop});
}

using ConfigFiles = std::map<std::string, ConfigFile>;  // by path in the image

void add_configs(const std::vector<layers::Entry>& entries, const std::vector<oci::File>& files,
                 const std::filesystem::path& folder, ConfigFiles& out) {
  std::set<std::string> wanted;
  for (const auto& entry : entries)
    if (entry.kind == layers::Kind::file && entry.size <= most_bytes && is_nginx_config(entry.path))
      wanted.insert(entry.path);
  layers::read_files(entries, wanted,
                     [&](const std::set<std::string>& paths, const layers::Entry& file, const Source& content) {
                       const auto text = read_all(content, most_bytes, file.path);
                       for (const auto& path : paths)
                         out.insert_or_assign(path, ConfigFile{nginx_config(text), position_of(file, files, folder)});
                     });
}

ConfigFiles configs_of(const Context& context, const spec::Project& project, const spec::Image& image,
                       const oci::Platform& platform) {
  ConfigFiles out;
  for (const auto& layer : image.layers) try {
      const auto recipe = for_platform(layer, platform);
      add_configs(own_entries(context, project, recipe), recipe.files, project.folder, out);
    } catch (const Error&) {
      // The check of the image reports it.
    }
  return out;
}

Finding finding_of(const ConfigFile& file, const std::string& path, const NginxHost& host, const std::string& task) {
  auto address = host.address;
  address.replace(host.at, host.host.size(), "127.0.0.1");
  Finding out{.severity = Finding::Severity::warning,
              .where = file.where,
              .message = cat("nginx will not find the host `", printable(host.host, 200),
                             "`: it is a container of the task `", task, "`, whose network mode is awsvpc"),
              .help = "containers of one awsvpc task reach each other on 127.0.0.1"};
  if (file.where.line == 0) {
    out.where.line = host.line;
    out.where.column = host.column;
    out.length = host.address.size();
    out.hint = cat("write `", printable(address, 200), "`");
  } else {
    out.help = cat("write `", printable(address, 200), "` in line ", host.line, " of `/", printable(path, 200),
                   "`: ", out.help);
  }
  return out;
}

// `others`: names of the other containers of the task, in lower case.
void check_configs(const ConfigFiles& configs, const std::set<std::string>& others, const std::string& task,
                   std::vector<Finding>& found) {
  std::set<std::string> upstreams;  // any file may include any other
  for (const auto& [path, file] : configs) upstreams.insert(file.config.upstreams.begin(), file.config.upstreams.end());
  for (const auto& [path, file] : configs)
    for (const auto& host : file.config.hosts)
      if (others.contains(host.host) && !(host.may_be_upstream && upstreams.contains(host.host)))
        found.push_back(finding_of(file, path, host, task));
}

class Configs {
 public:
  Configs(const Context& context, const spec::Project& project) : context_(context), project_(project) {}

  // One element for each platform. An image is read once, though several tasks may use it.
  const std::vector<ConfigFiles>& of(const std::string& name) {
    const auto [found, is_new] = all_.try_emplace(name);
    const auto image = std::ranges::find(project_.images, name, &spec::Image::name);
    if (!is_new || image == project_.images.end()) return found->second;
    const auto& chosen = context_.images.platforms;
    for (const auto& platform : chosen.empty() ? image->platforms : chosen)
      found->second.push_back(configs_of(context_, project_, *image, platform));
    return found->second;
  }

 private:
  const Context& context_;
  const spec::Project& project_;
  std::map<std::string, std::vector<ConfigFiles>> all_;
};

}  // namespace

std::vector<Finding> check_container_hosts(const Context& context, const spec::Project& project) {
  std::vector<Finding> found;
  Configs configs(context, project);
  for (const auto& task : project.tasks) {
    const auto containers = containers_of_awsvpc_task(task);
    if (containers.size() < 2) continue;
    for (const auto& container : containers) {
      std::set<std::string> others;
      for (const auto& other : containers)
        if (other.name != container.name) others.insert(lower(other.name));
      for (const auto& image : container.images)
        for (const auto& files : configs.of(image)) check_configs(files, others, task.name, found);
    }
  }
  return found;
}

}  // namespace lapstrake::app
