#include <algorithm>
#include <lapstrake/aws/sign.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>

#include "canonical_request.hpp"

namespace lapstrake::aws {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string scope_text(std::string_view date, const Scope& scope) {
  return cat(date.substr(0, 8), "/", scope.region, "/", scope.service, "/aws4_request");
}

std::string string_to_sign(std::string_view date, const Scope& scope, std::string_view canonical) {
  return cat(algorithm, "\n", date, "\n", scope_text(date, scope), "\n", hex(sha256(as_bytes(canonical))));
}

std::string signature_of(std::string_view text, std::string_view date, const Scope& scope, std::string_view secret) {
  const std::string first = cat("AWS4", secret);
  auto key = hmac_sha256(as_bytes(first), as_bytes(date.substr(0, 8)));
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")})
    key = hmac_sha256(key, as_bytes(part));
  return hex(hmac_sha256(key, as_bytes(text)));
}

// In a time that tells nothing about where the two differ.
bool same_secret(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i)
    difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]);
  return difference == 0;
}

// The value of `name` in "Credential=..., SignedHeaders=..., Signature=...".
std::optional<std::string> field(std::string_view fields, std::string_view name) {
  for (const auto& part : split(fields, ',')) {
    const auto text = trim(part);
    if (text.starts_with(name) && text.size() > name.size() && text[name.size()] == '=')
      return std::string(text.substr(name.size() + 1));
  }
  return std::nullopt;
}

bool is_timestamp(std::string_view text) {
  constexpr std::string_view form = "00000000T000000Z";
  return text.size() == form.size() && std::equal(text.begin(), text.end(), form.begin(), [](char c, char wanted) {
           return wanted == '0' ? c >= '0' && c <= '9' : c == wanted;
         });
}

bool lists(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Signature sign(const http::Request& request, const Credentials& credentials, const Scope& scope,
               std::chrono::system_clock::time_point now, const SignRules& rules) {
  const std::string date = timestamp(now), hash = payload_hash(request);
  Signature out;
  out.added.set("X-Amz-Date", date);
  if (!credentials.session_token.empty()) out.added.set("X-Amz-Security-Token", credentials.session_token);
  if (rules.sign_body_header) out.added.set("X-Amz-Content-Sha256", hash);

  http::Headers headers = request.headers;
  headers.set("Host", request.url.authority());
  for (const auto& [name, value] : out.added) headers.set(name, value);
  if (!rules.sign_session_token) headers.remove("X-Amz-Security-Token");

  const auto names = signable_names(headers);
  out.canonical_request = canonical_request(request, headers, names, hash, rules);
  out.string_to_sign = string_to_sign(date, scope, out.canonical_request);
  out.signature = signature_of(out.string_to_sign, date, scope, credentials.secret_access_key);
  out.added.set("Authorization", cat(algorithm, " Credential=", credentials.access_key_id, "/", scope_text(date, scope),
                                     ", SignedHeaders=", join(names, ";"), ", Signature=", out.signature));
  return out;
}

std::optional<SignedRequest> read_signed_request(const http::Headers& headers) {
  const auto authorization = headers.find("Authorization");
  const auto date = headers.find("X-Amz-Date");
  if (!authorization || !date || !is_timestamp(*date) || !authorization->starts_with(cat(algorithm, " ")))
    return std::nullopt;
  const auto fields = std::string_view(*authorization).substr(algorithm.size() + 1);
  const auto credential = field(fields, "Credential"), names = field(fields, "SignedHeaders"),
             signature = field(fields, "Signature");
  if (!credential || !names || !signature) return std::nullopt;
  const auto scope = split(*credential, '/');
  if (scope.size() != 5 || scope[0].empty() || scope[1] != date->substr(0, 8) || scope[4] != "aws4_request")
    return std::nullopt;
  return SignedRequest{.access_key_id = scope[0],
                       .date = *date,
                       .region = scope[2],
                       .service = scope[3],
                       .signature = *signature,
                       .session_token = headers.find("X-Amz-Security-Token").value_or(""),
                       .signed_headers = split(*names, ';')};
}

bool verify(const http::Request& request, const SignedRequest& signed_request, const std::string& secret_access_key) {
  const auto& names = signed_request.signed_headers;
  if (!lists(names, "host") || !lists(names, "x-amz-date") || !std::is_sorted(names.begin(), names.end())) return false;
  http::Headers headers = request.headers;
  if (!headers.find("Host")) headers.set("Host", request.url.authority());
  const bool all_there = std::all_of(names.begin(), names.end(), [&](const auto& name) { return headers.find(name); });
  if (!all_there) return false;
  const Scope scope{signed_request.region, signed_request.service};
  const auto canonical = canonical_request(request, headers, names, payload_hash(request), {});
  const auto text = string_to_sign(signed_request.date, scope, canonical);
  return same_secret(signature_of(text, signed_request.date, scope, secret_access_key), signed_request.signature);
}

}  // namespace lapstrake::aws
