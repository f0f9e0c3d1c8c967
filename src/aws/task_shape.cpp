#include <algorithm>
#include <array>
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

struct Kind {
  const char* place;
  bool (json::*is)() const noexcept;
  std::string_view article;
};

constexpr std::array kinds{
    Kind{"family", &json::is_string, "a string"},
    Kind{"containerDefinitions", &json::is_array, "a list"},
    Kind{"requiresCompatibilities", &json::is_array, "a list"},
    Kind{"volumes", &json::is_array, "a list"},
    Kind{"tags", &json::is_array, "a list of `key` and `value`"},
    Kind{"runtimePlatform", &json::is_object, "an object"},
    Kind{"ephemeralStorage/sizeInGiB", &json::is_number_integer, "a whole number"},
    Kind{"containerDefinitions/*", &json::is_object, "an object"},
    Kind{"containerDefinitions/*/name", &json::is_string, "a string"},
    Kind{"containerDefinitions/*/image", &json::is_string, "a string"},
    Kind{"containerDefinitions/*/command", &json::is_array, "a list of strings"},
    Kind{"containerDefinitions/*/entryPoint", &json::is_array, "a list of strings"},
    Kind{"containerDefinitions/*/environment", &json::is_array, "a list of `name` and `value`"},
    Kind{"containerDefinitions/*/secrets", &json::is_array, "a list of `name` and `valueFrom`"},
    Kind{"containerDefinitions/*/portMappings", &json::is_array, "a list"},
    Kind{"containerDefinitions/*/mountPoints", &json::is_array, "a list"},
    Kind{"containerDefinitions/*/dependsOn", &json::is_array, "a list"},
    Kind{"containerDefinitions/*/logConfiguration/options", &json::is_object, "an object"},
    Kind{"containerDefinitions/*/dockerLabels", &json::is_object, "an object"},
    Kind{"containerDefinitions/*/cpu", &json::is_number_integer, "a whole number"},
    Kind{"containerDefinitions/*/memory", &json::is_number_integer, "a whole number of MiB"},
    Kind{"containerDefinitions/*/memoryReservation", &json::is_number_integer, "a whole number of MiB"},
    Kind{"containerDefinitions/*/startTimeout", &json::is_number_integer, "a whole number of seconds"},
    Kind{"containerDefinitions/*/stopTimeout", &json::is_number_integer, "a whole number of seconds"},
    Kind{"containerDefinitions/*/portMappings/*/containerPort", &json::is_number_integer, "a whole number"},
    Kind{"containerDefinitions/*/portMappings/*/hostPort", &json::is_number_integer, "a whole number"},
    Kind{"containerDefinitions/*/healthCheck/interval", &json::is_number_integer, "a whole number of seconds"},
    Kind{"containerDefinitions/*/healthCheck/timeout", &json::is_number_integer, "a whole number of seconds"},
    Kind{"containerDefinitions/*/healthCheck/retries", &json::is_number_integer, "a whole number"},
    Kind{"containerDefinitions/*/healthCheck/startPeriod", &json::is_number_integer, "a whole number of seconds"},
    Kind{"containerDefinitions/*/essential", &json::is_boolean, "true or false"},
    Kind{"containerDefinitions/*/privileged", &json::is_boolean, "true or false"},
    Kind{"containerDefinitions/*/readonlyRootFilesystem", &json::is_boolean, "true or false"},
    Kind{"containerDefinitions/*/mountPoints/*/readOnly", &json::is_boolean, "true or false"},
};

std::string last_step(const std::string& pointer) { return pointer.substr(pointer.rfind('/') + 1); }

Finding wrong_type(const json& value, const std::string& pointer, const Kind& kind) {
  Finding out{.pointer = pointer, .message = cat("`", last_step(pointer), "` must be ", kind.article), .help = {}};
  if (value.is_string()) {
    out.help = cat("ECS takes no string here: remove the quotes around ", value.dump());
  } else if (kind.is == &json::is_string && (value.is_number() || value.is_boolean())) {
    out.message += value.is_number() ? ", and is a number" : cat(", and is ", value.dump());
    out.help = cat("put it into quotes: \"", value.dump(), "\"");
  } else {
    out.help = cat("write ", kind.article);
  }
  return out;
}

void types(const Scene& scene, Findings& findings) {
  json copy = scene.document;
  for (const auto& kind : kinds)
    visit_place(copy, kind.place, [&](json& value, const std::string& pointer) {
      if ((value.*kind.is)()) return;
      const auto found = wrong_type(value, pointer, kind);
      findings.error(found.pointer, found.message, found.help);
    });
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

const std::vector<std::string> task_members{"family",
                                            "taskRoleArn",
                                            "executionRoleArn",
                                            "networkMode",
                                            "volumes",
                                            "containerDefinitions",
                                            "requiresCompatibilities",
                                            "placementConstraints",
                                            "cpu",
                                            "memory",
                                            "tags",
                                            "pidMode",
                                            "ipcMode",
                                            "proxyConfiguration",
                                            "inferenceAccelerators",
                                            "ephemeralStorage",
                                            "runtimePlatform",
                                            "enableFaultInjection"};
const std::vector<std::string> container_members{"name",
                                                 "image",
                                                 "repositoryCredentials",
                                                 "cpu",
                                                 "memory",
                                                 "memoryReservation",
                                                 "links",
                                                 "portMappings",
                                                 "essential",
                                                 "restartPolicy",
                                                 "entryPoint",
                                                 "command",
                                                 "environment",
                                                 "environmentFiles",
                                                 "mountPoints",
                                                 "volumesFrom",
                                                 "linuxParameters",
                                                 "secrets",
                                                 "dependsOn",
                                                 "startTimeout",
                                                 "stopTimeout",
                                                 "versionConsistency",
                                                 "hostname",
                                                 "user",
                                                 "workingDirectory",
                                                 "disableNetworking",
                                                 "privileged",
                                                 "readonlyRootFilesystem",
                                                 "dnsServers",
                                                 "dnsSearchDomains",
                                                 "extraHosts",
                                                 "dockerSecurityOptions",
                                                 "interactive",
                                                 "pseudoTerminal",
                                                 "dockerLabels",
                                                 "ulimits",
                                                 "logConfiguration",
                                                 "healthCheck",
                                                 "systemControls",
                                                 "resourceRequirements",
                                                 "firelensConfiguration",
                                                 "credentialSpecs"};

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

void task_slips(const Scene& scene, Findings& findings) { slips(scene.document, "", task_members, findings); }
void container_slips(const Scene&, const Container& container, Findings& findings) {
  slips(container.value, container.pointer, container_members, findings);
}

void launch_types(const Scene& scene, Findings& findings) {
  const std::vector<std::string> known{"EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"};
  const auto& list = list_of(scene.document, "requiresCompatibilities");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto name = list[i].is_string() ? list[i].get<std::string>() : list[i].dump();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    findings.error(below("/requiresCompatibilities", i), cat("`", name, "` is no launch type"),
                   lower(name).starts_with("fargate") ? "write FARGATE" : cat("one of ", join(known, ", ")));
  }
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
    if (key.empty() || key.size() > 128)
      findings.error(pointer, "a tag's `key` has 1 to 128 characters", "correct the key");
    else if (lower(key).starts_with("aws:"))
      findings.error(pointer, cat("tag `", key, "`: keys that begin with `aws:` belong to AWS"), "choose another key");
    else if (!seen.insert(key).second)
      findings.error(pointer, cat("two tags have the key `", key, "`"), "remove one of them");
  }
  if (list.size() > 50) findings.error("/tags", "there are more than 50 tags", "remove some");
}

constexpr Rule task_rules[]{family,     has_containers, container_names, types, launch_types, placeholders,
                            task_slips, tags,           size_of_all};
constexpr ContainerRule each_container[]{container_slips};

}  // namespace

Rules shape_rules() { return {task_rules, each_container}; }

}  // namespace lapstrake::aws
