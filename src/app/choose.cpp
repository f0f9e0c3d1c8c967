#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {

namespace {

// `what`: "image", "task" or "service", for errors.
template <class Item>
std::vector<const Item*> choose(const spec::Project& project, const std::vector<Item>& items, std::string_view what,
                                const std::vector<std::string>& names) {
  std::vector<const Item*> chosen;
  std::vector<std::string> known;
  for (const auto& item : items) {
    known.push_back(item.name);
    if (names.empty() || std::find(names.begin(), names.end(), item.name) != names.end()) chosen.push_back(&item);
  }
  for (const auto& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const auto near = nearest(name, known);
      throw Error(ErrorKind::usage, cat(what, " `", name, "` not found in `", project.file.string(), "`"),
                  near            ? cat("did you mean `", *near, "`?")
                  : known.empty() ? cat("add it under `", what, "s:`")
                                  : cat("the ", what, "s are: ", join(known, ", ")));
    }
  return chosen;
}

}  // namespace

std::vector<const spec::Image*> choose_images(const spec::Project& project, const std::vector<std::string>& names) {
  return choose(project, project.images, "image", names);
}

const spec::Image* image_called(const spec::Project* project, const std::string& name) {
  if (project == nullptr) return nullptr;
  for (const auto& image : project->images)
    if (image.name == name) return &image;
  return nullptr;
}

std::vector<const spec::Task*> choose_tasks(const spec::Project& project, const std::vector<std::string>& names) {
  auto chosen = choose(project, project.tasks, "task", names);
  if (chosen.empty())
    throw Error(ErrorKind::usage, cat("`", project.file.string(), "` has no tasks"), "add one under `tasks:`");
  return chosen;
}

std::vector<const spec::Service*> choose_services(const spec::Project& project, const std::vector<std::string>& names) {
  auto chosen = choose(project, project.services, "service", names);
  if (chosen.empty())
    throw Error(ErrorKind::usage, cat("`", project.file.string(), "` has no services"), "add one under `services:`");
  return chosen;
}

const std::vector<oci::Platform>& platforms_of(const Context& context, const spec::Image& image) {
  return context.images.platforms.empty() ? image.platforms : context.images.platforms;
}

std::string ref_name(const spec::Image& image) {
  return image.repository.empty() ? image.name : cat(image.repository, "#", image.name);
}

}  // namespace lapstrake::app
