#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {

std::vector<const spec::Image*> choose_images(const spec::Project& project, const std::vector<std::string>& names) {
  std::vector<const spec::Image*> chosen;
  std::vector<std::string> known;
  for (const auto& image : project.images) {
    known.push_back(image.name);
    if (names.empty() || std::find(names.begin(), names.end(), image.name) != names.end()) chosen.push_back(&image);
  }
  for (const auto& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const auto near = nearest(name, known);
      throw Error(ErrorKind::usage, cat("image `", name, "` not found in `", project.file.string(), "`"),
                  near            ? cat("did you mean `", *near, "`?")
                  : known.empty() ? "add it under `images:`"
                                  : cat("the images are: ", join(known, ", ")));
    }
  return chosen;
}

std::string ref_name(const spec::Image& image) {
  return image.repository.empty() ? image.name : cat(image.repository, "#", image.name);
}

}  // namespace lapstrake::app
