#include <algorithm>
#include <array>
#include <chrono>
#include <lapstrake/aws/ecr.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

// What stands behind the region in the two forms of names.
constexpr std::array<std::string_view, 7> suffixes{"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu",  "c2s.ic.gov",
                                                   "sc2s.sgov.gov", "cloud.adc-e.uk",   "csp.hci.ic.gov"};
constexpr std::array<std::string_view, 3> dualstack_suffixes{"on.aws", "on.amazonwebservices.com.cn",
                                                             "on.amazonwebservices.eu"};

template <std::size_t count>
bool is_one_of(std::string_view text, const std::array<std::string_view, count>& texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool is_account(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_region(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

// Takes what stands before the next dot off `text`.
std::string_view take_label(std::string_view& text) {
  const auto label = text.substr(0, text.find('.'));
  text.remove_prefix(std::min(label.size() + 1, text.size()));
  return label;
}

[[noreturn]] void no_login(std::string_view why) {
  throw Error(Fault::network, cat("the reply to ecr:GetAuthorizationToken holds no login: ", why),
              "see where AWS_ENDPOINT_URL and HTTPS_PROXY lead");
}

std::chrono::system_clock::time_point moment(const json& seconds) {
  if (!seconds.is_number()) return {};
  const double since_epoch = std::clamp(seconds.get<double>(), 0.0, 4e9);
  return std::chrono::system_clock::time_point(std::chrono::seconds(static_cast<std::int64_t>(since_epoch)));
}

json describe(const Session& session, const std::string& account, const std::string& repository) {
  return call(session, Service::ecr, "DescribeRepositories",
              {{"registryId", account}, {"repositoryNames", json::array({repository})}});
}

// Of a reply's `repository`.
std::string arn_of(const json& described) {
  const auto arn = described.is_object() ? described.value("repositoryArn", json()) : json();
  if (arn.is_string()) return arn;
  throw Error(Fault::network, "ECR's reply does not say which repository it is: no repositoryArn",
              "see where AWS_ENDPOINT_URL and HTTPS_PROXY lead");
}

std::string existing(const Session& session, const std::string& account, const std::string& repository) {
  const auto reply = describe(session, account, repository);
  const auto list = reply.is_object() ? reply.value("repositories", json()) : json();
  return arn_of(list.is_array() && !list.empty() ? list[0] : json());
}

std::string created(const Session& session, const std::string& account, const std::string& repository) {
  try {
    const auto reply =
        call(session, Service::ecr, "CreateRepository", {{"registryId", account}, {"repositoryName", repository}});
    return arn_of(reply.is_object() ? reply.value("repository", json()) : json());
  } catch (const Error& error) {
    if (code_of(error) != "RepositoryAlreadyExistsException") throw;
    return existing(session, account, repository);
  }
}

// What AWS says to a registryId that is not the caller's: it may be a lack of rights, or a parameter that is wrong.
bool may_be_account(const Error& error) {
  const auto code = code_of(error);
  return code == "AccessDeniedException" || code == "AccessDenied" || code == "InvalidParameterException" ||
         code == "ValidationException";
}

void explain_account(Error& error, const Session& session, const std::string& account) {
  Identity caller;
  try {
    caller = caller_identity(session);
  } catch (const Error&) {
    return;  // the first failure is the one to tell
  }
  if (caller.account.empty() || caller.account == account) return;
  Error other(Fault::access,
              cat("these AWS credentials are of account ", caller.account, " (", caller.arn,
                  "), and the repository would be account ", account, "'s"),
              cat("use credentials of account ", account, " (", session.credentials.source, " gave these), or correct ",
                  "the account in `repository:`"));
  error = std::move(other.because(error.reason()));
}

}  // namespace

std::optional<EcrHost> parse_ecr_host(std::string_view host) {
  const std::string name = lower(host);
  std::string_view rest = name;
  EcrHost out;
  out.account = take_label(rest);
  const auto service = take_label(rest);
  if (service == "dkr") {
    const auto kind = take_label(rest);
    if (kind != "ecr" && kind != "ecr-fips") return std::nullopt;
    out.fips = kind == "ecr-fips";
  } else if (service == "dkr-ecr" || service == "dkr-ecr-fips") {
    out.dualstack = true;
    out.fips = service == "dkr-ecr-fips";
  } else {
    return std::nullopt;
  }
  out.region = take_label(rest);
  const bool is_suffix = out.dualstack ? is_one_of(rest, dualstack_suffixes) : is_one_of(rest, suffixes);
  if (!is_account(out.account) || !is_region(out.region) || !is_suffix) return std::nullopt;
  return out;
}

bool is_public_ecr(std::string_view host) {
  const std::string name = lower(host);
  return name == "public.ecr.aws" || name == "ecr-public.aws.com";
}

EcrLogin ecr_login(const Session& session) {
  const auto reply = call(session, Service::ecr, "GetAuthorizationToken", json::object());
  const auto data = reply.is_object() ? reply.value("authorizationData", json::array()) : json::array();
  if (!data.is_array() || data.empty() || !data[0].is_object()) no_login("no authorizationData");
  const auto token = data[0].value("authorizationToken", json());
  const auto plain = token.is_string() ? base64_decode(token.get<std::string>()) : std::nullopt;
  const auto colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) no_login("the token is not base64 of `user:password`");
  return {plain->substr(0, colon), plain->substr(colon + 1), moment(data[0].value("expiresAt", json()))};
}

bool repository_exists(const Session& session, const std::string& account, const std::string& repository) {
  try {
    describe(session, account, repository);
    return true;
  } catch (const Error& error) {
    if (code_of(error) == "RepositoryNotFoundException") return false;
    throw;
  }
}

std::string create_repository(const Session& session, const std::string& account, const std::string& repository) {
  try {
    return created(session, account, repository);
  } catch (Error& error) {
    if (may_be_account(error)) explain_account(error, session, account);
    throw;
  }
}

}  // namespace lapstrake::aws
