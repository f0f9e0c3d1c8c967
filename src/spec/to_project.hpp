// Builds the project from a document whose shape was checked, and reports errors that only its values show.
#pragma once
#include <filesystem>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <string>
#include <vector>

#include "findings.hpp"
#include "node.hpp"

namespace lapstrake::spec {

class Variables;
class TaskFiles;

std::vector<Image> images(const Node& document, const std::filesystem::path& folder, Findings& findings);
// The settings of an image, if it has any.
std::optional<RepositorySettings> repository_settings(const Node& image, Findings& findings);
oci::LayerRecipe layer(const Node& node, Findings& findings);
// Adds the steps that bring packages, downloads, files of other images, and changes to files of lower layers.
void add_packages(const Node& node, oci::LayerRecipe& layer, Findings& findings);
// `deb:` of a layer.
std::optional<oci::Deb> deb_step(const Node& layer, Findings& findings);
// The layers that `deb:` of an image stands for; they are below its own.
std::vector<oci::LayerRecipe> deb_layers(const Node& image, Findings& findings);
// Reports a `sha256` that cannot fit all platforms of its image.
void check_fetches(const Node& image, const std::vector<oci::Platform>& platforms, Findings& findings);
// Sets the `reference` of each `from` step, and reports cycles of images.
void resolve_from_images(const Node& document, const std::filesystem::path& folder, std::vector<Image>& images,
                         Findings& findings);
std::map<std::string, PackageSource> sources(const Node& document, const std::filesystem::path& folder,
                                             Findings& findings);
std::vector<Task> tasks(const Node& document, TaskFiles& files, Variables& variables, Findings& findings);
// Reports tasks that do not exist.
std::vector<Service> services(const Node& document, Findings& findings);
std::map<std::string, RegistrySettings> registries(const Node& document, const std::filesystem::path& folder,
                                                   Findings& findings);

}  // namespace lapstrake::spec
