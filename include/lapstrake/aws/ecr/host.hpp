// The host names of Amazon ECR registries.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// ACCOUNT.dkr.ecr[-fips].REGION.amazonaws.com[.cn], ACCOUNT.dkr-ecr[-fips].REGION.on.aws and the variants of other
// partitions; anchored.
struct EcrHost {
  std::string account, region;
  bool fips = false, dualstack = false;
};
std::optional<EcrHost> parse_ecr_host(std::string_view host);
// public.ecr.aws and its dualstack name: it has a different API, and Bearer instead of Basic.
bool is_public_ecr(std::string_view host);

}  // namespace lapstrake::aws
