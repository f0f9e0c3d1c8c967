#include <lapstrake/aws/credentials/settings.hpp>

#include "profile_files.hpp"

namespace lapstrake::aws {
namespace {

ProfileEndpoints endpoints_of(const Profile& profile, const SharedFiles& files) {
  ProfileEndpoints out{.url = profile.setting("endpoint_url"),
                       .services = {},
                       .missing_section = {},
                       .ignored = is_on(profile.setting("ignore_configured_endpoint_urls")),
                       .fips = is_on(profile.setting("use_fips_endpoint")),
                       .dualstack = is_on(profile.setting("use_dualstack_endpoint"))};
  const auto name = profile.setting("services");
  if (name.empty()) return out;
  const auto* section = files.section("services", name);
  if (section == nullptr) {
    out.missing_section = name;
    return out;
  }
  for (const auto& [service, value] : *section)
    if (const auto url = setting_of(nested_settings(value), "endpoint_url"); !url.empty()) out.services[service] = url;
  return out;
}

std::optional<std::string> first_of(std::initializer_list<std::optional<std::string>> candidates) {
  for (const auto& candidate : candidates)
    if (candidate && !candidate->empty()) return candidate;
  return std::nullopt;
}

}  // namespace

Settings find_settings(const Environment& environment, const std::optional<std::string>& profile,
                       const std::optional<std::string>& region) {
  const SharedFiles files(environment);
  const auto chosen = files.profile(first_of({profile, profile_of_environment(environment)}).value_or("default"));
  return {.region = first_of(
              {region, environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"), chosen.setting("region")}),
          .endpoints = endpoints_of(chosen, files),
          .ca_bundle = expanded(chosen.setting("ca_bundle"), environment)};
}

}  // namespace lapstrake::aws
