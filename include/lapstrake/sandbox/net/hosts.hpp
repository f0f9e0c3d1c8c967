// The AWS host names that the sandbox serves (ECR user guide "Amazon ECR endpoints", botocore's partitions.json).
// Independent of aws/ecr/host.hpp: a fake that shares the client's parser would share its bugs.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::sandbox {

// Used as account: public.ecr.aws, whose repositories are ALIAS/NAME.
inline constexpr std::string_view public_account = "public";

struct AwsHost {
  enum class Kind { registry, api, storage } kind = Kind::api;
  std::string service;  // of an api: "ecr", "ecr-public", "ecs", "sts"
  std::string account;  // of a registry; of ECR Public: public_account
  std::string region;
};

// Nothing for other names. Anchored: "...amazonaws.com.example.org" is not.
std::optional<AwsHost> parse_aws_host(std::string_view host);

// "123456789012.dkr.ecr.eu-west-1.amazonaws.com" and the FIPS and dualstack names of the same registry.
std::string registry_host(const std::string& account, const std::string& region);
std::vector<std::string> registry_hosts(const std::string& account, const std::string& region);
// The host to which a registry redirects blob downloads:
// "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com".
std::string storage_host(const std::string& region);

bool is_loopback_name(std::string_view host);  // localhost, 127.0.0.1, [::1]

}  // namespace lapstrake::sandbox
