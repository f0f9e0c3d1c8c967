// The Parameter Store of SSM, with versions.
#include <deque>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>

#include "input.hpp"
#include "stored.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_parameter_bytes = 8'192;  // of an advanced parameter

using Parameters = Stored<std::deque<Json>>;  // versions, oldest first

std::string parameter_arn(const std::string& name, const Caller& caller) {
  return cat("arn:aws:ssm:", caller.region, ":", caller.account, ":parameter", name.starts_with('/') ? "" : "/", name);
}

struct ParameterName {
  std::string name;
  std::string version = {};  // empty: the newest
};

// "/app/url", "/app/url:3", or an ARN.
ParameterName parse_parameter_name(const std::string& given, const std::map<std::string, std::deque<Json>>& known) {
  auto rest = given;
  if (const auto at = given.find(":parameter/"); given.starts_with("arn:") && at != std::string::npos) {
    rest = given.substr(at + 10);
    // The ARNs of `url` and `/url` are equal.
    if (const auto plain = rest.substr(1, rest.find(':') - 1); known.contains(plain)) rest = rest.substr(1);
  }
  const auto colon = rest.find(':');
  return colon == std::string::npos ? ParameterName{rest}
                                    : ParameterName{rest.substr(0, colon), rest.substr(colon + 1)};
}

// Without decryption, callers get a ciphertext.
Json shown_parameter(const Json& parameter, const Json& input, const std::string& version) {
  Json out = parameter;
  if (out["Type"] == "SecureString" && !input.value("WithDecryption", false))
    out["Value"] = cat("AQICAH", base64(as_bytes(out["Value"].get<std::string>())));
  if (!version.empty()) out["Selector"] = ":" + version;
  return out;
}

Json found_parameter(Parameters& state, const std::string& given, const Json& input, const Caller& caller) {
  const auto& known = state.of(caller);
  const auto [name, version] = parse_parameter_name(given, known);
  const auto found = known.find(name);
  if (found == known.end()) throw ApiFailure{"ParameterNotFound", ""};
  if (version.empty()) return shown_parameter(found->second.back(), input, version);
  for (const auto& one : found->second)
    if (cat(one["Version"].get<std::int64_t>()) == version) return shown_parameter(one, input, version);
  throw ApiFailure{"ParameterVersionNotFound",
                   cat("Systems Manager could not find version ", printable(version, 20), " of ", name)};
}

Json put_parameter(Parameters& state, const Json& input, const Caller& caller) {
  const auto name = text_member(input, "Name"), value = text_member(input, "Value"), type = text_member(input, "Type");
  if (name.empty() || name.size() > 2048 || name.find(':') != std::string::npos)
    throw ApiFailure{"ValidationException", "Parameter name: can't be empty or have a colon."};
  if (value.empty() || value.size() > most_parameter_bytes)
    throw ApiFailure{"ValidationException",
                     cat("The value must have from 1 to ", most_parameter_bytes, " characters.")};
  auto& versions = state.keep(caller, name);
  if (!versions.empty() && !input.value("Overwrite", false))
    throw ApiFailure{
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."};
  const auto version = versions.empty() ? 1 : versions.back()["Version"].get<std::int64_t>() + 1;
  versions.push_back({{"Name", name},
                      {"Type", type.empty() ? "String" : type},
                      {"Value", value},
                      {"Version", version},
                      {"LastModifiedDate", epoch_seconds(caller.now)},
                      {"ARN", parameter_arn(name, caller)},
                      {"DataType", "text"}});
  if (versions.size() > most_versions) versions.pop_front();
  return {{"Version", version}, {"Tier", "Standard"}};
}

Json one_parameter(Parameters& state, const Json& input, const Caller& caller) {
  return {{"Parameter", found_parameter(state, text_member(input, "Name"), input, caller)}};
}

Json many_parameters(Parameters& state, const Json& input, const Caller& caller) {
  const auto names = texts_member(input, "Names");
  if (names.empty() || names.size() > 10)
    throw ApiFailure{"ValidationException", "Names must have from 1 to 10 elements."};
  Json found = Json::array(), invalid = Json::array();
  for (const auto& name : names) try {
      found.push_back(found_parameter(state, name, input, caller));
    } catch (const ApiFailure&) {
      invalid.push_back(name);
    }
  return {{"Parameters", found}, {"InvalidParameters", invalid}};
}

Json delete_parameter(Parameters& state, const Json& input, const Caller& caller) {
  if (state.of(caller).erase(text_member(input, "Name")) == 0) throw ApiFailure{"ParameterNotFound", ""};
  return Json::object();
}

}  // namespace

Operations ssm_operations() {
  const auto state = std::make_shared<Parameters>();
  return {{"PutParameter", with_state(state, put_parameter)},
          {"GetParameter", with_state(state, one_parameter)},
          {"GetParameters", with_state(state, many_parameters)},
          {"DeleteParameter", with_state(state, delete_parameter)}};
}

}  // namespace lapstrake::sandbox
