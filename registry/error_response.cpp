#include "error_response.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/client.hpp>
#include <nlohmann/json.hpp>

#include "challenge.hpp"

namespace lapstrake::registry {
namespace {

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>()
                            : found->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// "CODE: message (detail)"; prints a detail of any JSON type.
std::string sentence(const nlohmann::json& error) {
  std::string out = text_of(error, "code");
  if (const auto message = text_of(error, "message"); !message.empty()) out += cat(out.empty() ? "" : ": ", message);
  const auto detail = error.find("detail");
  if (detail != error.end() && !detail->empty()) out += cat(" (", printable(text_of(error, "detail"), 512), ")");
  return out;
}

bool read_errors(std::string_view body, ErrorResponse& out) {
  try {
    const auto document = parse_json(body, "the reply", {.most_bytes = 64u << 10});
    if (!document.is_object() || !document.contains("errors") || !document["errors"].is_array()) return false;
    std::vector<std::string> sentences;
    for (const auto& error : document["errors"]) {
      if (!error.is_object()) continue;
      out.codes.push_back(text_of(error, "code"));
      sentences.push_back(sentence(error));
    }
    out.message = join(sentences, "; ");
    return !sentences.empty();
  } catch (const Error&) {
    return false;
  }
}

// "... not authorized to perform: ecr:X on resource: ..." -> "ecr:X"
std::string missing_action(std::string_view message) {
  constexpr std::string_view words = "not authorized to perform: ";
  const auto begin = message.find(words);
  if (begin == message.npos) return {};
  const auto action = message.substr(begin + words.size());
  return std::string(action.substr(0, action.find_first_of(" ,;)")));
}

// The token is valid but does not allow this request (RFC 6750 3.1).
bool lacks_scope(const http::Response& response) {
  const auto challenges = challenges_of(response.headers);
  return std::any_of(challenges.begin(), challenges.end(), [](const Challenge& challenge) {
    return challenge.scheme == "bearer" && challenge.parameter("error") == "insufficient_scope";
  });
}

std::string cure(const http::Response& response, const ErrorResponse& parsed, const std::string& host,
                 const LoginUse& login) {
  if (const auto action = missing_action(parsed.message); !action.empty())
    return cat("allow `", action, "` on this repository in the role's policy or the repository policy");
  if (parsed.mentions("kmsexception") || parsed.mentions("kms key"))
    return "allow kms:GenerateDataKey and kms:Decrypt on the repository's key";
  if (response.status == 401 || response.status == 403) {
    if (is_ecr(host)) return "check the account, the region and the ECR permissions of these AWS credentials";
    if (login.source.empty()) return cat("log in with `docker login ", host, "`");
    if (!login.was_sent)
      return cat("the login of ", login.source, " was not sent, because `", host,
                 "` sent no challenge that lapstrake supports");
    if (lacks_scope(response))
      return cat("the login of ", login.source, " has no permission for this in the repository");
    return cat("the login of ", login.source, " was sent; if it is the wrong one, run `docker login ", host, "`");
  }
  if (response.status == 405 && !is_ecr(host))
    return cat("`", host, "` does not allow this: it may be read-only, or a mirror of another registry");
  if (response.status == 413) return "a proxy or the registry limits the size of a request: raise its limit";
  if (is_storage_full(response) || parsed.mentions("quota")) return "free space in the registry, or raise its quota";
  return {};
}

}  // namespace

bool ErrorResponse::has(std::string_view code) const {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool ErrorResponse::mentions(std::string_view words) const { return lower(message).find(words) != std::string::npos; }

ErrorResponse parse_error_response(const http::Response& response) {
  ErrorResponse result;
  if (!read_errors(response.body, result)) {
    const auto text = trim(response.body);
    const bool for_people = !text.empty() && text.front() != '<' && text.front() != '{';
    result.message = for_people ? cat("HTTP ", response.status, ": ", text) : cat("HTTP ", response.status);
  }
  result.message = printable(result.message, 1024);
  return result;
}

bool is_token_expired(const http::Response& response) {
  if (response.status != 403 && response.status != 400) return false;
  const auto text = lower(response.body);
  return text.find("expired") != text.npos && text.find("token") != text.npos;
}

bool is_storage_full(const http::Response& response) {
  return response.status == 507 || parse_error_response(response).mentions("no space left on device");
}

Error response_error(const http::Response& response, std::string what, const std::string& host, const LoginUse& login) {
  const auto parsed = parse_error_response(response);
  const bool is_access = response.status == 401 || response.status == 403;
  Error error(is_access ? ErrorKind::access : ErrorKind::network, std::move(what), cure(response, parsed, host, login));
  error.because(parsed.message);
  return error;
}

Error missing_repository(const std::string& host, const std::string& name, std::string what, std::string_view said) {
  Error error(
      ErrorKind::network, std::move(what),
      is_ecr(host)
          ? std::string("create it with `lapstrake push --create-repository`, or give the role ecr:CreateRepository")
          : cat("create the repository `", name, "` in `", host, "`"));
  return error.because(cat("the registry has no repository `", name, "`", said.empty() ? "" : ": ", said))
      .with_code(ErrorCode::missing_repository);
}

bool is_ecr_public(std::string_view host) {
  const auto name = lower(host);
  return name == "public.ecr.aws" || name == "ecr-public.aws.com";
}

bool is_ecr(std::string_view host) {
  constexpr std::array suffixes{"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu",  "c2s.ic.gov",
                                "sc2s.sgov.gov", "cloud.adc-e.uk",   "csp.hci.ic.gov"};
  constexpr std::array dualstack_suffixes{"on.aws", "on.amazonwebservices.com.cn", "on.amazonwebservices.eu"};
  const auto name = lower(host);
  const auto labels = split(name, '.');
  if (labels.size() < 5 || labels[0].size() != 12 || labels[0].find_first_not_of("0123456789") != std::string::npos)
    return false;
  const bool is_plain = labels[1] == "dkr" && (labels[2] == "ecr" || labels[2] == "ecr-fips");
  const bool is_dualstack = labels[1] == "dkr-ecr" || labels[1] == "dkr-ecr-fips";
  const auto& region = labels[is_plain ? 3 : 2];
  if (region.empty() || region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
    return false;
  const auto end = join({labels.begin() + (is_plain ? 4 : 3), labels.end()}, ".");
  const auto is_end = [&](std::string_view suffix) { return end == suffix; };
  return (is_plain && std::any_of(suffixes.begin(), suffixes.end(), is_end)) ||
         (is_dualstack && std::any_of(dualstack_suffixes.begin(), dualstack_suffixes.end(), is_end));
}

}  // namespace lapstrake::registry
