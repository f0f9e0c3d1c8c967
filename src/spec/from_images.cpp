// Resolves the images of `from:` steps: names of the spec, or references. Reports cycles.
#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "fields.hpp"
#include "to_project.hpp"

namespace lapstrake::spec {
namespace {

class FromImages {
 public:
  FromImages(const std::filesystem::path& folder, std::vector<Image>& images, Findings& findings)
      : folder_(folder), images_(images), findings_(findings) {
    for (const auto& image : images) names_.push_back(image.name);
  }

  void resolve(const Node& text, oci::FromImage& step) const {
    if (std::ranges::count(names_, text.text) != 0) return;
    const bool is_word = text.text.find_first_of("/:@") == std::string::npos;
    try {
      if (!is_word) step.reference = oci::parse_reference(text.text, folder_);
    } catch (const Error&) {
      return;  // reported by check_shape()
    }
    if (!is_word || text.text == "scratch") return;
    const auto near = nearest_name(text.text, names_);
    findings_.error(text.where, cat("the spec has no image ", in_quotes(text.text)),
                    near ? cat("did you mean `", *near, "`?")
                         : cat("for an image of a registry write its tag or digest, for example `docker.io/library/",
                               printable(text.text, 80), ":latest`"));
  }

  // Reports a step whose image needs this one, directly or through others.
  void check_cycle(const std::string& from, const Node& text) const {
    std::vector<std::string> seen{text.text};
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (seen[i] == from) {
        findings_.error(text.where,
                        i == 0 ? cat("the image ", in_quotes(from), " copies files from itself")
                               : cat("the images ", in_quotes(from), " and ", in_quotes(text.text), " need each other"),
                        "move the files that both need to a third image");
        return;
      }
      for (auto& name : needed_by(seen[i]))
        if (std::ranges::count(seen, name) == 0) seen.push_back(std::move(name));
    }
  }

 private:
  std::vector<std::string> needed_by(const std::string& name) const {
    std::vector<std::string> out;
    for (const auto& image : images_)
      if (image.name == name)
        for (const auto& layer : image.layers)
          for (const auto& step : layer.from_images)
            if (!step.reference) out.push_back(step.image);
    return out;
  }

  const std::filesystem::path& folder_;
  std::vector<Image>& images_;
  Findings& findings_;
  std::vector<std::string> names_;
};

// `act(image, image node, step, text node)` for each step with an image; items and steps correspond by position.
template <class Act>
void for_each_step(const Node& document, std::vector<Image>& images, Act&& act) {
  const auto members = members_of(document, "images");
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto layers = items_of(members[i].value, "layers");
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const auto steps = items_of(layers[l], "from");
      for (std::size_t s = 0; s < steps.size(); ++s)
        if (const auto* text = text_node(steps[s], "image")) act(images[i], images[i].layers[l].from_images[s], *text);
    }
  }
}

}  // namespace

void resolve_from_images(const Node& document, const std::filesystem::path& folder, std::vector<Image>& images,
                         Findings& findings) {
  const FromImages all(folder, images, findings);
  for_each_step(document, images, [&](Image&, oci::FromImage& step, const Node& text) { all.resolve(text, step); });
  for_each_step(document, images,
                [&](Image& image, oci::FromImage&, const Node& text) { all.check_cycle(image.name, text); });
}

}  // namespace lapstrake::spec
