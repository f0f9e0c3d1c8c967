// The places of a task definition whose values are strings, whatever they look like.
#include <array>
#include <lapstrake/aws/task_definition.hpp>
#include <nlohmann/json.hpp>
#include <string_view>

#include "json_text.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

constexpr std::array string_places{
    "cpu",
    "memory",
    "tags/*/key",
    "tags/*/value",
    "proxyConfiguration/properties/*/value",
    "volumes/*/dockerVolumeConfiguration/driverOpts/*",
    "volumes/*/dockerVolumeConfiguration/labels/*",
    "containerDefinitions/*/command/*",
    "containerDefinitions/*/entryPoint/*",
    "containerDefinitions/*/environment/*/name",
    "containerDefinitions/*/environment/*/value",
    "containerDefinitions/*/dockerLabels/*",
    "containerDefinitions/*/user",
    "containerDefinitions/*/logConfiguration/options/*",
    "containerDefinitions/*/firelensConfiguration/options/*",
    "containerDefinitions/*/healthCheck/command/*",
    "containerDefinitions/*/portMappings/*/containerPortRange",
    "containerDefinitions/*/resourceRequirements/*/value",
    "containerDefinitions/*/systemControls/*/value",
};

}  // namespace

json with_strings(json document) {
  for (const auto* place : string_places)
    visit_path(document, place, [](json& value, const std::string&) { value = as_string(value); });
  return document;
}

}  // namespace lapstrake::aws
