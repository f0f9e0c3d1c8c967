#include <lapstrake/aws/credentials/instance.hpp>

#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "key_reply.hpp"
#include "metadata_call.hpp"
#include "providers.hpp"

namespace lapstrake::aws {
namespace {

// A number of the environment; `usual` when it is absent or makes no sense.
std::int64_t number_from(const Environment& environment, std::string_view name, std::int64_t usual) {
  const auto number = parse_integer(environment(name).value_or(""));
  return number && *number >= 1 && *number <= 60 ? *number : usual;
}

// The address, without a final slash.
std::string metadata_address(const Lookup& lookup, const Profile& profile) {
  const auto either = [&](std::string_view variable, const std::string& setting) {
    const auto value = lookup.runtime.environment(variable).value_or("");
    return value.empty() ? profile.setting(setting) : value;
  };
  auto address = either("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
  if (address.empty())
    address = lower(either("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode")) == "ipv6"
                  ? "http://[fd00:ec2::254]"
                  : "http://169.254.169.254";
  while (address.ends_with('/')) address.pop_back();
  return address;
}

class MetadataService {
 public:
  explicit MetadataService(const Lookup& lookup) : lookup_(lookup) {
    const auto& environment = lookup.runtime.environment;
    const SharedFiles files(environment);
    const auto named = lookup.profile ? lookup.profile : profile_of_environment(environment);
    address_ = metadata_address(lookup, files.profile(named.value_or("default")));
    tries_ = {.time = std::chrono::seconds(number_from(environment, "AWS_METADATA_SERVICE_TIMEOUT", 1)),
              .count = static_cast<unsigned>(number_from(environment, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", 1))};
  }

  // False when nobody answers, or somebody who is not an instance's metadata service.
  bool log_in() {
    http::Request request{.method = "PUT", .url = url("/latest/api/token")};
    request.headers.set("x-aws-ec2-metadata-token-ttl-seconds", "21600");
    try {
      const auto response = ask_metadata(lookup_, std::move(request), tries_);
      const bool is_token = response.status == 200 && !response.body.empty() &&
                            response.body.find_first_of(std::string_view("\r\n\0", 3)) == response.body.npos;
      if (!is_token) return false;
      token_ = response.body;
      lookup_.runtime.secrets->learn(token_);
      return true;
    } catch (const Error& error) {
      return false;
    }
  }
  std::optional<std::string> read(const std::string& path) const {
    http::Request request{.url = url(path)};
    request.headers.set("x-aws-ec2-metadata-token", token_);
    const auto response = ask_metadata(lookup_, std::move(request), tries_);
    if (response.status == 404) return std::nullopt;
    if (response.status != 200)
      throw Error(ErrorKind::network, cat("the instance's metadata service returned ", response.status, " for `",
                                          printable(path, 200), "`"));
    return std::string(trim(response.body));
  }

 private:
  http::Url url(const std::string& path) const {
    try {
      return http::parse_url(cat(address_, path));
    } catch (const Error& error) {
      throw Error(ErrorKind::access, "AWS_EC2_METADATA_SERVICE_ENDPOINT is not an address",
                  "set it to an http address, or unset it")
          .because(error.line());
    }
  }

  const Lookup& lookup_;
  std::string address_, token_;
  MetadataTries tries_;
};

bool is_disabled(const Environment& environment) {
  return is_on(environment("AWS_EC2_METADATA_DISABLED").value_or(""));
}

// "Code" other than Success: the role cannot be used by EC2.
void check_code(const nlohmann::json& reply, const std::string& role) {
  const auto code = text_of(reply, "Code");
  if (code.empty() || code == "Success") return;
  throw Error(ErrorKind::access, cat("the instance's role `", role, "` gives no credentials"),
              "the role's trust policy must allow ec2.amazonaws.com to assume it")
      .because(cat(code, ": ", text_of(reply, "Message")));
}

}  // namespace

std::optional<Credentials> from_instance(const Lookup& lookup) {
  if (is_disabled(lookup.runtime.environment)) return std::nullopt;
  MetadataService service(lookup);
  if (!service.log_in()) return std::nullopt;
  return step("asking the instance's metadata service", [&]() -> std::optional<Credentials> {
    const std::string folder = "/latest/meta-data/iam/security-credentials/";
    const auto roles = service.read(folder);
    if (!roles || roles->empty()) return std::nullopt;
    const auto role = roles->substr(0, roles->find('\n'));
    const auto text = service.read(cat(folder, percent_encode(role, "/")));
    if (!text) return std::nullopt;
    const std::string what = "the reply of the instance's metadata service";
    const auto reply = parse_key_reply(*text, what);
    check_code(reply, role);
    auto found = read_key_reply(reply, "Token", what, lookup.runtime);
    found.kind = CredentialSource::instance;
    found.source = cat("the role `", printable(role, 80), "` of this EC2 instance");
    return found;
  });
}

std::optional<std::string> instance_region(const Lookup& lookup) {
  if (is_disabled(lookup.runtime.environment)) return std::nullopt;
  MetadataService service(lookup);
  return service.log_in() ? service.read("/latest/meta-data/placement/region") : std::nullopt;
}

}  // namespace lapstrake::aws
