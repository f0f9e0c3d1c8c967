#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "api.hpp"

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

bool is_on(const Environment& environment, std::string_view name) {
  return lower(environment(name).value_or("")) == "true";
}

// It becomes a part of a host name.
void check_region(std::string_view region) {
  if (region.empty())
    throw Error(Fault::usage, "no AWS region is set",
                "set AWS_REGION (`export AWS_REGION=eu-west-1`), or `region` in the profile of ~/.aws/config");
  for (const char c : region)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
      throw Error(Fault::usage, cat("`", printable(region, 80), "` is not an AWS region"),
                  "regions look like `eu-west-1`; see AWS_REGION, AWS_DEFAULT_REGION and `region` in ~/.aws/config");
}

std::string host_prefix(Service service, std::string_view region, bool fips, bool dualstack) {
  const std::string name(api_of(service).host);
  if (service == Service::ecr_public && !dualstack) return fips ? "api.ecr-public-fips" : "api.ecr-public";
  if (!fips) return service == Service::ecr && !dualstack ? "api.ecr" : name;
  const bool american = region.starts_with("us-");
  return service == Service::ecr && !dualstack && !american ? "api.ecr-fips" : cat(name, "-fips");
}

}  // namespace

const Api& api_of(Service service) {
  static constexpr Api ecr{"ECR", "ecr", "ecr", "AmazonEC2ContainerRegistry_V20150921", ""};
  static constexpr Api ecr_public{"ECR_PUBLIC", "ecr-public", "ecr-public", "SpencerFrontendService", ""};
  static constexpr Api ecs{"ECS", "ecs", "ecs", "AmazonEC2ContainerServiceV20141113", ""};
  static constexpr Api sts{"STS", "sts", "sts", "", "2011-06-15"};
  switch (service) {
    case Service::ecr: return ecr;
    case Service::ecr_public: return ecr_public;
    case Service::ecs: return ecs;
    case Service::sts: break;
  }
  return sts;
}

std::string endpoint(Service service, const std::string& region, const Environment& environment, EndpointForm form) {
  check_region(region);
  if (!is_on(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) {
    if (const auto own = environment(cat("AWS_ENDPOINT_URL_", api_of(service).variable)); own && !own->empty())
      return *own;
    if (const auto all = environment("AWS_ENDPOINT_URL"); all && !all->empty()) return *all;
  }
  const bool fips = form.fips || is_on(environment, "AWS_USE_FIPS_ENDPOINT"),
             dualstack = form.dualstack || is_on(environment, "AWS_USE_DUALSTACK_ENDPOINT");
  const auto& partition = partition_of(region);
  return cat("https://", host_prefix(service, region, fips, dualstack), ".", region, ".",
             dualstack ? partition.dualstack_suffix : partition.suffix);
}

}  // namespace lapstrake::aws
