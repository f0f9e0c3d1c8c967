#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>

#include <algorithm>
#include <array>

namespace lapstrake::sandbox {
namespace {

constexpr std::array suffixes = {
    "amazonaws.com", "amazonaws.com.cn", "amazonaws.eu",   "c2s.ic.gov",
    "sc2s.sgov.gov", "cloud.adc-e.uk",   "csp.hci.ic.gov",
};
constexpr std::array dualstack_suffixes = {
    "api.aws",        "api.amazonwebservices.com.cn", "api.amazonwebservices.eu", "api.aws.ic.gov",
    "api.aws.scloud", "api.cloud-aws.adc-e.uk",       "api.aws.hci.ic.gov",
};
constexpr std::array<std::string_view, 11> api_services = {
    "ecr",
    "ecr-public",
    "ecs",
    "sts",
    "iam",
    "ec2",
    "elasticloadbalancing",
    "logs",
    "ssm",
    "secretsmanager",
    "application-autoscaling",
};
constexpr std::array registry_dualstack_suffixes = {
    "on.aws",
    "on.amazonwebservices.com.cn",
    "on.amazonwebservices.eu",
};

bool is_account(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "eu-west-1", "us-gov-east-1": regions appear yearly, so the form is checked and no list.
bool is_region(std::string_view text) {
  const auto known = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return text.size() >= 4 && std::all_of(text.begin(), text.end(), known) && text.find('-') != std::string_view::npos &&
         text.front() != '-' && text.back() >= '0' && text.back() <= '9';
}

template <class Suffixes>
bool contains(const Suffixes& list, std::string_view suffix) {
  return std::find(list.begin(), list.end(), suffix) != list.end();
}

// "ecr-fips" -> "ecr"
std::string without_fips(std::string_view name) {
  return std::string(name.ends_with("-fips") ? name.substr(0, name.size() - 5) : name);
}

// The labels after `index`, as text.
std::string rest(const std::vector<std::string>& labels, std::size_t index) {
  return join({labels.begin() + static_cast<std::ptrdiff_t>(std::min(index, labels.size())), labels.end()}, ".");
}

std::optional<AwsHost> parse_registry(const std::vector<std::string>& labels) {
  if (labels.size() < 5 || !is_account(labels[0])) return std::nullopt;
  const bool dualstack = without_fips(labels[1]) == "dkr-ecr";
  if (!dualstack && (labels[1] != "dkr" || without_fips(labels[2]) != "ecr")) return std::nullopt;
  const std::size_t at = dualstack ? 2 : 3;
  const std::string suffix = rest(labels, at + 1);
  if (!is_region(labels[at]) ||
      !(dualstack ? contains(registry_dualstack_suffixes, suffix) : contains(suffixes, suffix)))
    return std::nullopt;
  return AwsHost{.kind = AwsHost::Kind::registry, .service = {}, .account = labels[0], .region = labels[at]};
}

std::optional<AwsHost> parse_api(std::vector<std::string> labels) {
  if (labels[0] == "api") labels.erase(labels.begin());
  if (labels.size() < 3) return std::nullopt;
  const std::string service = without_fips(labels[0]);
  if (!contains(api_services, service)) return std::nullopt;
  // Global names sign for one region.
  if ((service == "sts" || service == "iam") && rest(labels, 1) == "amazonaws.com")
    return AwsHost{.kind = AwsHost::Kind::api, .service = service, .account = {}, .region = "us-east-1"};
  if (service == "iam" && rest(labels, 1) == "us-gov.amazonaws.com")
    return AwsHost{.kind = AwsHost::Kind::api, .service = service, .account = {}, .region = "us-gov-west-1"};
  const std::string suffix = rest(labels, 2);
  if (!is_region(labels[1]) || !(contains(suffixes, suffix) || contains(dualstack_suffixes, suffix)))
    return std::nullopt;
  return AwsHost{.kind = AwsHost::Kind::api, .service = service, .account = {}, .region = labels[1]};
}

std::optional<AwsHost> parse_storage(const std::vector<std::string>& labels) {
  if (labels.size() < 5 || labels[1] != "s3" || !is_region(labels[2]) || !contains(suffixes, rest(labels, 3)) ||
      labels[0] != cat("prod-", labels[2], "-starport-layer-bucket"))
    return std::nullopt;
  return AwsHost{.kind = AwsHost::Kind::storage, .service = {}, .account = {}, .region = labels[2]};
}

std::string suffix_of(const std::string& region) {
  if (region.starts_with("cn-")) return ".amazonaws.com.cn";
  return region.starts_with("eusc-") ? ".amazonaws.eu" : ".amazonaws.com";
}

}  // namespace

std::optional<AwsHost> parse_aws_host(std::string_view host) {
  const auto labels = split(lower(host), '.');
  if (labels.size() < 3) return std::nullopt;
  if (const auto name = lower(host); name == "public.ecr.aws" || name == "ecr-public.aws.com")
    return AwsHost{
        .kind = AwsHost::Kind::registry, .service = {}, .account = std::string(public_account), .region = "us-east-1"};
  if (auto found = parse_registry(labels)) return found;
  if (auto found = parse_storage(labels)) return found;
  return parse_api(labels);
}

std::string registry_host(const std::string& account, const std::string& region) {
  return cat(account, ".dkr.ecr.", region, suffix_of(region));
}

std::vector<std::string> registry_hosts(const std::string& account, const std::string& region) {
  return {registry_host(account, region), cat(account, ".dkr.ecr-fips.", region, suffix_of(region)),
          cat(account, ".dkr-ecr.", region, ".on.aws"), cat(account, ".dkr-ecr-fips.", region, ".on.aws")};
}

std::string storage_host(const std::string& region) {
  return cat("prod-", region, "-starport-layer-bucket.s3.", region, suffix_of(region));
}

bool is_loopback_name(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host == "::1";
}

}  // namespace lapstrake::sandbox
