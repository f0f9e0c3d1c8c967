// Volumes: one kind each, and what the kinds ask for.
#include <array>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>

#include "rules.hpp"
#include "words.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

std::vector<std::string> kinds_of(const json& volume) {
  std::vector<std::string> kinds;
  for (const auto* kind : {"host", "dockerVolumeConfiguration", "efsVolumeConfiguration", "s3filesVolumeConfiguration",
                           "fsxWindowsFileServerVolumeConfiguration", "configuredAtLaunch"})
    if (is_set(member_of(volume, kind))) kinds.emplace_back(kind);
  return kinds;
}

// An access point has a root of its own.
void access_point(const json& configuration, const json& point, const std::string& pointer, Findings& findings) {
  const auto root = text_of(configuration, "rootDirectory");
  if (is_set(point) && !root.empty() && root != "/")
    findings.documented(Documented::efs_access_point_root, pointer + "/rootDirectory",
                        cat("a volume with an access point cannot have the root `", root, "`"),
                        "remove `rootDirectory`: the access point sets it");
}

void volume(const TaskContext& context, const json& value, const std::string& pointer, Findings& findings) {
  if (const auto kinds = kinds_of(value); kinds.size() > 1)
    findings.documented(Documented::volume_kinds, pointer, cat("a volume has more than one kind: ", join(kinds, ", ")),
                        "keep one of them");
  const auto name = text_of(value, "name");
  if (!name.empty() && (!is_word(name, "_-") || name.size() > 255) && placeholder_in(name).empty())
    findings.documented(Documented::volume_names, pointer + "/name", cat("`", name, "` is not a valid volume name"),
                        "use at most 255 letters, digits, `-` and `_`");
  const auto& efs = member_of(value, "efsVolumeConfiguration");
  access_point(efs, member_of(member_of(efs, "authorizationConfig"), "accessPointId"),
               pointer + "/efsVolumeConfiguration", findings);
  const auto& s3 = member_of(value, "s3filesVolumeConfiguration");
  access_point(s3, member_of(s3, "accessPointArn"), pointer + "/s3filesVolumeConfiguration", findings);
  if (context.is_fargate && is_set(member_of(value, "fsxWindowsFileServerVolumeConfiguration")))
    findings.documented(Documented::fargate_members, pointer + "/fsxWindowsFileServerVolumeConfiguration",
                        "Fargate does not support `fsxWindowsFileServerVolumeConfiguration`",
                        "run the task on EC2 Windows instances, or use EFS");
  const auto driver = text_of(member_of(value, "dockerVolumeConfiguration"), "driver");
  if (context.is_windows && !driver.empty() && driver != "local")
    findings.documented(Documented::windows_members, pointer + "/dockerVolumeConfiguration/driver",
                        cat("Windows containers cannot use the volume driver `", driver, "`"), "write local");
}

void configured_at_launch(const TaskContext& context, Findings& findings) {
  const auto& list = list_of(context.document, "volumes");
  bool has_launch = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto pointer = below("/volumes", i);
    volume(context, list[i], pointer, findings);
    if (member_of(list[i], "configuredAtLaunch") != true) continue;
    if (has_launch)
      findings.documented(Documented::volume_kinds, pointer + "/configuredAtLaunch",
                          "two volumes are configured at launch; ECS accepts only one", "keep one of them");
    has_launch = true;
  }
}

constexpr Rule volumes_task_rules[]{configured_at_launch};

}  // namespace

Rules volume_rules() { return {volumes_task_rules, {}}; }

}  // namespace lapstrake::aws
