// The settings that the environment and the profile have beside credentials.
#pragma once
#include <lapstrake/aws/profile_endpoints.hpp>
#include <lapstrake/base/runtime.hpp>
#include <optional>
#include <string>

namespace lapstrake::aws {

struct Settings {
  std::optional<std::string> region;  // --region, AWS_REGION, AWS_DEFAULT_REGION, the profile's
  ProfileEndpoints endpoints = {};
  std::string ca_bundle = {};  // the profile's; AWS_CA_BUNDLE has precedence
};

// The profile is the one given, AWS_PROFILE or AWS_DEFAULT_PROFILE, or "default"; one that does not exist has no
// settings. Error{access} for a file that cannot be read or parsed.
Settings find_settings(const Environment& environment, const std::optional<std::string>& profile,
                       const std::optional<std::string>& region);

}  // namespace lapstrake::aws
