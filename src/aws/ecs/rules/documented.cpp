#include <array>
#include <lapstrake/aws/ecs/rules/documented.hpp>

namespace lapstrake::aws {
namespace {

// In the order of Documented.
constexpr std::array<std::string_view, 21> documented_names{
    "awslogs-options",     "capability-names",      "efs-access-point-root", "ephemeral-storage-size",
    "environment-files",   "external-network-mode", "fargate-members",       "firelens-routers",
    "health-check-ranges", "image-digest",          "member-ranges",         "network-mode-members",
    "port-names",          "port-protocols",        "port-ranges",           "proxy-container",
    "stop-timeout",        "task-cpu-range",        "volume-kinds",          "volume-names",
    "windows-members"};
static_assert(documented_names.size() == static_cast<std::size_t>(Documented::windows_members) + 1);

}  // namespace

std::string_view name_of(Documented rule) { return documented_names.at(static_cast<std::size_t>(rule)); }

std::vector<std::string> ignorable_rules() { return {documented_names.begin(), documented_names.end()}; }

}  // namespace lapstrake::aws
