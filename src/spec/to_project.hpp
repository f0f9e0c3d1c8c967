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
std::vector<Task> tasks(const Node& document, TaskFiles& files, Variables& variables, Findings& findings);
void check_services(const Node& document, Findings& findings);
std::map<std::string, RegistrySettings> registries(const Node& document, const std::filesystem::path& folder,
                                                   Findings& findings);

}  // namespace lapstrake::spec
