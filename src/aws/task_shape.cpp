#include <algorithm>
#include <lapstrake/aws/task_model.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

#include "json_text.hpp"
#include "task_rules.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

constexpr std::string_view name_marks = "_-";

void family(const Scene& scene, Findings& findings) {
  if (!is_text_or_absent(scene.document, "family")) return;
  const auto family = text_of(scene.document, "family");
  if (family.empty())
    findings.error("/family", "the task definition has no `family`", "add the name of the family: `family: my-app`");
  else if ((!is_word(family, name_marks) || family.size() > 255) && placeholder_in(family).empty())
    findings.error("/family", cat("`", family, "` is no name for a family"),
                   "at most 255 letters, digits, `-` and `_`");
}

void has_containers(const Scene& scene, Findings& findings) {
  const auto list = scene.document.is_object() ? scene.document.value("containerDefinitions", json::array()) : json();
  if (list.is_array() && list.empty())
    findings.error("/containerDefinitions", "the task definition has no containers",
                   "add a list `containerDefinitions` with at least a `name` and an `image`");
}

void container_names(const Scene& scene, Findings& findings) {
  std::set<std::string> seen;
  for (const auto& container : scene.containers) {
    if (!is_text_or_absent(container.value, "name")) continue;
    const auto name = text_of(container.value, "name");
    const auto pointer = container.pointer + "/name";
    if (name.empty())
      findings.error(pointer, cat("container ", container.name, " has no `name`"), "add a `name`");
    else if (!is_word(name, name_marks) || name.size() > 255)
      findings.error(pointer, cat("`", name, "` is no name for a container"),
                     "at most 255 letters, digits, `-` and `_`");
    else if (!seen.insert(name).second)
      findings.error(pointer, cat("two containers have the name `", name, "`"),
                     "give each container a name of its own");
  }
}

// Values that the shell or a browser may rightly see with angle brackets in them.
bool is_free_text(const std::string& pointer) {
  for (const auto* part : {"/command/", "/entryPoint/", "/environment/", "/dockerLabels/", "/logConfiguration/options/",
                           "/firelensConfiguration/options/", "/driverOpts/", "/labels/", "/healthCheck/command/"})
    if (pointer.find(part) != std::string::npos) return true;
  return false;
}

void placeholders_below(const json& value, const std::string& pointer, Findings& findings) {
  if (value.is_object())
    for (const auto& [name, inner] : value.items())
      if (is_map(pointer) || !is_foreign(name)) placeholders_below(inner, below(pointer, name), findings);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) placeholders_below(value[i], below(pointer, i), findings);
  if (!value.is_string()) return;
  const auto found = placeholder_in(value.get<std::string>());
  if (found.empty()) return;
  const auto message = cat("`", found, "` is still to be filled in");
  if (is_free_text(pointer))
    findings.warning(pointer, message, cat("replace `", found, "` if it is a placeholder"));
  else
    findings.error(pointer, message, cat("replace `", found, "` by its value"));
}

void placeholders(const Scene& scene, Findings& findings) { placeholders_below(scene.document, "", findings); }

std::vector<std::string> names_of(const ModelShape& shape) {
  std::vector<std::string> names;
  for (const auto& member : shape.members) names.emplace_back(member.name);
  return names;
}

const ModelShape& container_shape() {
  const auto& members = register_task_definition_shape().members;
  const auto list = std::find_if(members.begin(), members.end(),
                                 [](const auto& member) { return member.name == "containerDefinitions"; });
  return model_shapes()[model_shapes()[list->shape].element];
}

// The member that was meant, if one is near; capitals count less than letters.
std::optional<std::string> meant(const std::string& name, const std::vector<std::string>& members) {
  for (const auto& member : members)
    if (lower(member) == lower(name)) return member;
  return nearest(name, members);
}

// AWS adds members some times a year, so one that is not known is only worth a word when it looks like a slip.
void slips(const json& object, const std::string& pointer, const std::vector<std::string>& members,
           Findings& findings) {
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items()) {
    if (std::find(members.begin(), members.end(), name) != members.end()) continue;
    if (const auto near = meant(name, members); near && !object.contains(*near))
      findings.warning(below(pointer, name), cat("ECS knows no member `", name, "` here"),
                       cat("did you mean `", *near, "`?"));
  }
}

void task_slips(const Scene& scene, Findings& findings) {
  slips(scene.document, "", names_of(register_task_definition_shape()), findings);
}
void container_slips(const Scene&, const Container& container, Findings& findings) {
  slips(container.value, container.pointer, names_of(container_shape()), findings);
}

void size_of_all(const Scene& scene, Findings& findings) {
  const auto size = scene.document.dump(-1, ' ', false, json::error_handler_t::replace).size();
  if (size > 64 * 1024)
    findings.warning("", cat("the task definition takes ", human_size(size), "; ECS takes at most 64 KiB"),
                     "move long values into SSM parameters (`secrets`) or an environment file");
}

void tags(const Scene& scene, Findings& findings) {
  const auto& list = list_of(scene.document, "tags");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto key = text_of(list[i], "key");
    const auto pointer = below("/tags", i) + "/key";
    if (key.empty())
      findings.error(pointer, "a tag has no `key`", "add a key of 1 to 128 characters");
    else if (lower(key).starts_with("aws:"))
      findings.error(pointer, cat("tag `", key, "`: keys that begin with `aws:` belong to AWS"), "choose another key");
    else if (!seen.insert(key).second)
      findings.error(pointer, cat("two tags have the key `", key, "`"), "remove one of them");
  }
}

void few_containers(const Scene& scene, Findings& findings) {
  constexpr std::size_t most = 10;  // ECS: "Too many containers", a quota that cannot be raised
  if (const auto count = list_of(scene.document, "containerDefinitions").size(); count > most)
    findings.error("/containerDefinitions",
                   cat("the task definition has ", count, " containers; ECS takes at most ", most),
                   "split it into several task definitions");
}

constexpr Rule task_rules[]{family,       has_containers, few_containers, container_names,
                            placeholders, task_slips,     tags,           size_of_all};
constexpr ContainerRule each_container[]{container_slips};

}  // namespace

Rules shape_rules() { return {task_rules, each_container}; }

}  // namespace lapstrake::aws
