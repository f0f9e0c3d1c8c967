#include <array>
#include <lapstrake/aws/endpoint.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <optional>

namespace lapstrake::aws {
namespace {

struct Partition {
  std::string_view region_prefix, suffix, dualstack_suffix;
};
// A region that nobody knew when this was written is in the first: new regions appear yearly.
constexpr std::array<Partition, 8> partitions{{
    {"", "amazonaws.com", "api.aws"},
    {"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"us-gov-", "amazonaws.com", "api.aws"},
    {"eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
    {"us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
    {"eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
}};

const Partition& partition_of(std::string_view region) {
  for (const auto& partition : partitions)
    if (!partition.region_prefix.empty() && region.starts_with(partition.region_prefix)) return partition;
  return partitions.front();
}

// The variable stands over the profile's setting.
bool is_on(const Environment& environment, std::string_view name, bool profile) {
  const auto said = environment(name);
  return said ? lower(*said) == "true" : profile;
}

// An address in place of AWS's own, in botocore's order: of the service before those of all services, the environment
// before the profile.
std::optional<std::string> configured(Service service, const Environment& environment,
                                      const ProfileEndpoints& profile) {
  if (is_on(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", profile.ignored)) return std::nullopt;
  const std::string_view name = api_of(service).variable;
  for (const auto& variable : {cat("AWS_ENDPOINT_URL_", name), std::string("AWS_ENDPOINT_URL")})
    if (const auto url = environment(variable); url && !url->empty()) return url;
  if (!profile.missing_section.empty())
    throw Error(ErrorKind::access,
                cat("the AWS profile refers to the section `[services ", printable(profile.missing_section, 80),
                    "]`, which does not exist"),
                "add the section to ~/.aws/config, or remove `services` from the profile");
  if (const auto own = profile.services.find(lower(name)); own != profile.services.end()) return own->second;
  return profile.url.empty() ? std::nullopt : std::optional(profile.url);
}

// It becomes a part of a host name.
void check_region(std::string_view region) {
  if (region.empty())
    throw Error(ErrorKind::usage, "no AWS region is set",
                "set AWS_REGION (`export AWS_REGION=eu-west-1`), or `region` in the profile of ~/.aws/config");
  for (const char c : region)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
      throw Error(ErrorKind::usage, cat("`", printable(region, 80), "` is not an AWS region"),
                  "regions look like `eu-west-1`; check AWS_REGION, AWS_DEFAULT_REGION and `region` in ~/.aws/config");
}

std::string host_prefix(Service service, std::string_view region, bool fips, bool dualstack) {
  const std::string name(api_of(service).host);
  if (service == Service::ecr_public && !dualstack) return fips ? "api.ecr-public-fips" : "api.ecr-public";
  if (!fips) return service == Service::ecr && !dualstack ? "api.ecr" : name;
  const bool american = region.starts_with("us-");
  return service == Service::ecr && !dualstack && !american ? "api.ecr-fips" : cat(name, "-fips");
}

// IAM has one endpoint in each partition (AWS General Reference, "IAM endpoints").
std::string iam_endpoint(std::string_view region, std::string_view suffix) {
  if (region.starts_with("cn-")) return cat("https://iam.cn-north-1.", suffix);
  if (region.starts_with("us-gov-")) return cat("https://iam.us-gov.", suffix);
  return cat("https://iam.", suffix);
}

}  // namespace

std::string global_region(const std::string& region) {
  if (region.starts_with("cn-")) return "cn-north-1";
  if (region.starts_with("us-gov-")) return "us-gov-west-1";
  return "us-east-1";
}

std::string endpoint(Service service, const std::string& region, const Environment& environment, EndpointForm form,
                     const ProfileEndpoints& profile) {
  check_region(region);
  if (auto url = configured(service, environment, profile)) return *std::move(url);
  const bool fips = form.fips || is_on(environment, "AWS_USE_FIPS_ENDPOINT", profile.fips),
             dualstack = form.dualstack || is_on(environment, "AWS_USE_DUALSTACK_ENDPOINT", profile.dualstack);
  const auto& partition = partition_of(region);
  if (service == Service::iam) return iam_endpoint(region, partition.suffix);
  return cat("https://", host_prefix(service, region, fips, dualstack), ".", region, ".",
             dualstack ? partition.dualstack_suffix : partition.suffix);
}

}  // namespace lapstrake::aws
