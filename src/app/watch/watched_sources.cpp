#include "watched_sources.hpp"

#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/ignore_file.hpp>
#include <lapstrake/spec/git.hpp>
#include <lapstrake/spec/placeholders.hpp>
#include <set>

namespace lapstrake::app {
namespace {

namespace fs = std::filesystem;
using Depth = Watched::Depth;

// Patterns of files that are certainly not part of an image, so that they need not be watched: none when there are
// exceptions, or the build will refuse them.
Patterns certain(const std::vector<std::string>& patterns) try {
  Patterns all(patterns);
  return all.has_exceptions() ? Patterns() : all;
} catch (const Error&) {
  return {};
}

Patterns ignored_in(const fs::path& folder, bool allow_outside) {
  auto patterns = own_files();
  try {
    for (auto& line : layers::read_ignore_file(folder, allow_outside)) patterns.push_back(std::move(line));
  } catch (const Error&) {
    // The build will fail on it.
  }
  return certain(patterns);
}

std::optional<PathGlob> glob_of(const std::vector<std::string>& parts) try {
  return PathGlob(parts);
} catch (const Error&) {
  return std::nullopt;
}

class Sources {
 public:
  Sources(const Context& context, const spec::Project& project)
      : context_(context),
        folder_(fs::absolute(project.folder).lexically_normal()),
        ignored_(ignored_in(folder_, context.build.allow_outside)) {}

  void add(const spec::Image& image) {
    const auto given = context_.images.prebuilt.find(image.name);
    if (given != context_.images.prebuilt.end()) return add_image(image, given->second);
    if (image.base) add_image(image, *image.base);
    for (const auto& layer : image.layers) {
      for (const auto& pip : layer.pips) all_.push_back({.image = image.name, .path = whole(pip.lock)});
      for (const auto& npm : layer.npms) all_.push_back({.image = image.name, .path = whole(npm.lock)});
      for (const auto& from : layer.from_images)
        if (from.reference) add_image(image, *from.reference);
    }
    for (const auto& platform : platforms_of(context_, image))
      for (const auto& layer : image.layers) {
        for (const auto& copy : layer.copies) add_copy(image, copy, spec::fill_platform(copy.from, platform));
        if (layer.deb) add_debs(image, *layer.deb, platform);
        for (const auto& archive : layer.archives)
          all_.push_back({.image = image.name, .path = whole(spec::fill_platform(archive.from, platform))});
      }
  }

  std::vector<Watched> take() { return std::move(all_); }

 private:
  fs::path whole(const fs::path& path) const { return (folder_ / path).lexically_normal(); }

  void add_debs(const spec::Image& image, const oci::Deb& deb, const oci::Platform& platform) {
    for (const auto& request : deb.install)
      if (request.ends_with(".deb"))
        all_.push_back({.image = image.name, .path = whole(spec::fill_platform(request, platform))});
  }

  // An image on disk: a layout's `index.json` stands in its folder, and changes last.
  void add_image(const spec::Image& image, const oci::Reference& reference) {
    const auto* disk = std::get_if<oci::DiskReference>(&reference);
    if (disk == nullptr) return;
    const bool layout = disk->form == oci::DiskReference::Form::layout;
    all_.push_back({.image = image.name,
                    .path = fs::absolute(disk->path).lexically_normal(),
                    .depth = layout ? Depth::folder : Depth::itself});
  }

  void add_copy(const spec::Image& image, const oci::Copy& copy, const std::string& from) {
    if (!seen_.emplace(image.name, copy.where.text(), from).second) return;
    Watched tree{.image = image.name, .depth = Depth::tree, .exclude = certain(copy.exclude), .ignored = ignored_};
    fs::path fixed;
    std::vector<std::string> glob;
    for (const auto& part : fs::path(from))
      if (!glob.empty() || part.string().find_first_of("*?[\\") != std::string::npos)
        glob.push_back(part.string());
      else
        fixed /= part;
    if (!glob.empty()) tree.glob = glob_of(glob);
    tree.path = whole(fixed);
    if (!tree.path.has_filename()) tree.path = tree.path.parent_path();
    const auto place = tree.path.lexically_relative(folder_);
    if (!place.empty() && *place.begin() != "..") tree.place = place == "." ? "" : place.string();
    tree.follow_links = copy.symlinks == oci::Copy::Symlinks::follow;
    all_.push_back(std::move(tree));
  }

  const Context& context_;
  fs::path folder_;
  Patterns ignored_;
  std::set<std::tuple<std::string, std::string, std::string>> seen_;
  std::vector<Watched> all_;
};

}  // namespace

std::vector<Watched> watched_sources(const Context& context, const spec::Project& project,
                                     const std::vector<const spec::Image*>& images) {
  Sources sources(context, project);
  for (const auto* image : images) sources.add(*image);
  return sources.take();
}

std::vector<Watched> watched_spec(const fs::path& file, const spec::Project* project) {
  const auto folder = file.parent_path();
  std::vector<Watched> all{
      {.path = file}, {.path = folder / layers::ignore_file_name}, {.path = folder / lock_file_name}};
  // A commit, a checkout and the like write a line there.
  if (const auto git = spec::git_folder(folder))
    all.push_back({.path = (fs::absolute(*git) / "logs" / "HEAD").lexically_normal()});
  if (project == nullptr) {
    all.push_back({.path = folder, .depth = Depth::folder});
    return all;
  }
  for (const auto& task : project->tasks)
    if (!task.from_file.empty()) all.push_back({.path = fs::absolute(task.from_file).lexically_normal()});
  return all;
}

}  // namespace lapstrake::app
