// The platform that the images were built for, and the one that the task asks for.
#include <algorithm>
#include <lapstrake/aws/ecs/rules/platform.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "rules.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

// ECS's word for an image's architecture; empty when it has none.
std::string ecs_architecture(const std::string& architecture) {
  return architecture == "amd64" ? "X86_64" : architecture == "arm64" ? "ARM64" : "";
}

struct PlatformProblem {
  std::string pointer, message, help;
};

// What is known of a container's image; nothing for images from elsewhere and for indexes.
const ImageFact* fact_of(const Container& container, const std::map<std::string, ImageFact>& images) {
  const auto found = images.find(text_of(container.value, "image"));
  return found == images.end() || found->second.architecture.empty() ? nullptr : &found->second;
}

// Between what is declared, or what another container's image asked for, and the image of this container.
std::optional<PlatformProblem> contradiction(const Container& container, const ImageFact& fact,
                                             const std::string& wanted, const std::string& wanted_by) {
  const auto own = ecs_architecture(fact.architecture);
  if (own.empty())
    return PlatformProblem{
        container.pointer + "/image",
        cat("the image of `", container.name, "` is for ", fact.architecture, ", which ECS does not run"),
        "build it for linux/amd64 or linux/arm64"};
  if (wanted.empty() || wanted == own) return std::nullopt;
  return PlatformProblem{
      wanted_by.empty() ? "/runtimePlatform/cpuArchitecture" : container.pointer + "/image",
      cat("the image of `", container.name, "` is for ", own,
          wanted_by.empty() ? ", but the task is for " : cat(", but the image of `", wanted_by, "` is for "), wanted),
      wanted_by.empty()
          ? cat("write `runtimePlatform: { cpuArchitecture: ", own, " }`, or build the image for ", wanted)
          : "a task has one platform: build both images for it"};
}

struct Outcome {
  std::string architecture, system;  // what the images ask for; empty when nothing is known
  std::vector<PlatformProblem> problems;
};

Outcome look(const TaskContext& context) {
  const auto declared = text_of(member_of(context.document, "runtimePlatform"), "cpuArchitecture");
  Outcome out;
  std::string first;
  for (const auto& container : context.containers) {
    const auto* fact = fact_of(container, context.images);
    if (fact == nullptr) continue;
    const bool by_other = declared.empty() && !out.architecture.empty();
    if (auto problem = contradiction(container, *fact, by_other ? out.architecture : declared, by_other ? first : ""))
      out.problems.push_back(std::move(*problem));
    if (!out.architecture.empty()) continue;
    out.architecture = ecs_architecture(fact->architecture);
    out.system = fact->os == "linux" ? "LINUX" : "";
    first = container.name;
  }
  return out;
}

void platform(const TaskContext& context, Findings& findings) {
  for (auto& problem : look(context).problems) findings.error(problem.pointer, problem.message, problem.help);
}

void platform_words(const TaskContext& context, Findings& findings) {
  const auto architecture = text_of(member_of(context.document, "runtimePlatform"), "cpuArchitecture");
  if (context.is_windows && architecture == "ARM64")
    findings.error("/runtimePlatform/cpuArchitecture", "ECS does not support Windows on ARM64", "write X86_64");
}

constexpr std::array<Rule, 2> platform_task_rules{platform_words, platform};

}  // namespace

Rules platform_rules() { return {platform_task_rules, {}}; }

json with_platform(json document, const std::map<std::string, ImageFact>& images) {
  const auto found = look(TaskContext(document, images));
  if (!found.problems.empty())
    throw Error(ErrorKind::usage, found.problems.front().message, found.problems.front().help);
  if (found.architecture.empty()) return document;
  const bool is_open = member_of(document, "runtimePlatform").is_null() || document["runtimePlatform"].is_object();
  if (!is_open) return document;
  auto& platform = document["runtimePlatform"];
  if (member_of(platform, "cpuArchitecture").is_null()) platform["cpuArchitecture"] = found.architecture;
  if (member_of(platform, "operatingSystemFamily").is_null() && !found.system.empty())
    platform["operatingSystemFamily"] = found.system;
  return document;
}

}  // namespace lapstrake::aws
