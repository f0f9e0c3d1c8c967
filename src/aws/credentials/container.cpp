#include <array>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/address.hpp>
#include <lapstrake/http/url.hpp>
#include <nlohmann/json.hpp>

#include "key_reply.hpp"
#include "metadata_call.hpp"
#include "providers.hpp"

namespace lapstrake::aws {
namespace {

constexpr MetadataTries container_tries{.time = std::chrono::seconds(2), .count = 3};  // botocore's

// The hosts to which the SDKs send the token over plain HTTP: ECS, EKS Pod Identity, this machine.
bool is_credential_host(const http::Url& url) {
  if (url.scheme == "https" || url.host == "localhost") return true;
  static constexpr std::array hosts{"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
  if (std::find(hosts.begin(), hosts.end(), url.host) != hosts.end()) return true;
  const auto host = url.host.starts_with('[') ? url.host.substr(1, url.host.size() - 2) : url.host;
  return http::parse_address(host) && http::is_loopback(host);
}

http::Url container_url(std::string_view variable, const std::string& text) {
  if (variable.ends_with("RELATIVE_URI") && !text.starts_with('/'))
    throw Error(ErrorKind::access, cat(variable, " does not begin with `/`"),
                "ECS sets this variable; use AWS_CONTAINER_CREDENTIALS_FULL_URI for a whole address");
  http::Url url;
  try {
    url = http::parse_url(variable.ends_with("RELATIVE_URI") ? cat("http://169.254.170.2", text) : text);
  } catch (const Error& error) {
    throw Error(ErrorKind::access, cat(variable, " is not an address"), "set it to an http or https address")
        .because(error.line());
  }
  if (is_credential_host(url)) return url;
  throw Error(ErrorKind::access, cat(variable, " names the host `", url.host, "`, to which no token is sent over HTTP"),
              "use https, or http with a loopback address, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]");
}

void check_token(std::string_view token, std::string_view where) {
  for (const char c : token)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      throw Error(ErrorKind::access, cat(where, " contains a line end or another control character"),
                  "it must be one line, as the platform wrote it");
}

// The value of the Authorization header; empty: none.
std::string authorization(const Runtime& runtime) {
  constexpr std::string_view file_variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                             variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
  if (const auto path = runtime.environment(file_variable).value_or(""); !path.empty()) {
    auto token = read_token_file(path, file_variable, runtime);
    check_token(token, cat("the file that ", file_variable, " names"));
    return token;
  }
  auto token = runtime.environment(variable).value_or("");
  runtime.secrets->learn(token);
  check_token(token, variable);
  return token;
}

}  // namespace

std::optional<Credentials> from_container(const Lookup& lookup) {
  const auto& runtime = lookup.runtime;
  std::string variable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
  auto text = runtime.environment(variable).value_or("");
  if (text.empty()) {
    variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    text = runtime.environment(variable).value_or("");
  }
  if (text.empty()) return std::nullopt;
  http::Request request{.url = container_url(variable, text), .headers = {{"Accept", "application/json"}}};
  if (const auto token = authorization(runtime); !token.empty()) request.headers.set("Authorization", token);
  const auto what = cat("the reply of the container's credential endpoint ", request.url.origin());
  return step(cat("asking the container's credential endpoint (", variable, ")"), [&] {
    const auto response = ask_metadata(lookup, request, container_tries);
    if (response.status != 200)
      throw Error(response.status >= 500 ? ErrorKind::network : ErrorKind::access,
                  cat("the container's credential endpoint ", request.url.origin(), " returned ", response.status),
                  "check that the task, the pod or the build has a role")
          .because(printable(trim(response.body), 200));
    auto found = read_key_reply(parse_key_reply(response.body, what), "Token", what, runtime);
    found.kind = CredentialSource::container;
    found.source = cat("the container's credential endpoint (", variable, ")");
    return std::optional(std::move(found));
  });
}

}  // namespace lapstrake::aws
