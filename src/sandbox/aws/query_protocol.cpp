#include "query_protocol.hpp"

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_form_depth = 8, most_form_elements = 1000, most_form_fields = 10'000;

constexpr QueryService query_services[] = {
    {"sts", "2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/"},
    {"iam", "2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/"},
    {"elasticloadbalancing", "2015-12-01", "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"},
    {"ec2", "2016-11-15", "http://ec2.amazonaws.com/doc/2016-11-15/", true},
};

[[noreturn]] void refuse_form(std::string_view why) {
  throw ApiFailure{"MalformedQueryString", cat("The query string is malformed: ", why)};
}

std::string form_text(std::string_view text) { return percent_decode(replace_all(std::string(text), "+", " ")); }

// The place of a field; lists count from 1.
Json& place_of(Json& root, const std::string& name) {
  auto steps = split(name, '.');
  std::erase(steps, "member");
  if (steps.empty() || steps.size() > most_form_depth) refuse_form("a name is too deep");
  Json* at = &root;
  for (const auto& step : steps) {
    const bool is_place = !step.empty() && step.find_first_not_of("0123456789") == std::string::npos;
    const auto number = is_place ? std::optional(parse_integer(step).value_or(0)) : std::nullopt;
    if (at->is_null()) *at = number ? Json::array() : Json::object();
    if (number ? !at->is_array() : !at->is_object()) refuse_form("names contradict each other");
    if (!number) {
      at = &(*at)[step];
      continue;
    }
    if (*number < 1 || *number > static_cast<std::int64_t>(most_form_elements)) refuse_form("a list is too long");
    const auto index = static_cast<std::size_t>(*number) - 1;
    while (at->size() <= index) at->push_back(nullptr);
    at = &(*at)[index];
  }
  return *at;
}

std::string xml_text(std::string_view text) {
  std::string out = replace_all(std::string(text), "&", "&amp;");
  return replace_all(replace_all(std::move(out), "<", "&lt;"), ">", "&gt;");
}

std::string xml_of(const Json& value, std::string_view element) {
  std::string out;
  if (value.is_array())
    for (const auto& inner : value) out += cat("<", element, ">", xml_of(inner, element), "</", element, ">");
  else if (value.is_object())
    for (const auto& [name, inner] : value.items()) out += cat("<", name, ">", xml_of(inner, element), "</", name, ">");
  else if (value.is_string())
    out = xml_text(value.get<std::string>());
  else if (!value.is_null())
    out = value.dump();
  return out;
}

bool wants_json(const RequestHead& head, const QueryService& service) {
  return !service.is_ec2 && head.headers.find("Accept").value_or("") == "application/json";
}

Response query_reply(int status, bool as_json, const std::string& id, std::string body) {
  Response response{.status = status, .headers = {{"x-amzn-RequestId", id}}, .body = std::move(body)};
  response.headers.set("Content-Type", as_json ? "application/json" : "text/xml");
  return response;
}

}  // namespace

ApiFailure as_query_failure(ApiFailure failure, const QueryService& service) {
  const bool is_ec2 = service.is_ec2;
  struct Known {
    std::string_view json, query, ec2;
    int status, ec2_status;
  };
  for (const auto& known :
       {Known{"InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure", 403, 401},
        Known{"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", 403, 401},
        Known{"MissingAuthenticationTokenException", "MissingAuthenticationToken", "MissingAuthenticationToken", 403,
              403},
        Known{"ExpiredTokenException", "ExpiredToken", "RequestExpired", 403, 400},
        Known{"ThrottlingException", "Throttling", "RequestLimitExceeded", 400, 503},
        Known{"IncompleteSignatureException", "IncompleteSignature", "IncompleteSignature", 400, 400},
        Known{"AccessDeniedException", "AccessDenied", "UnauthorizedOperation", 403, 403},
        Known{"SerializationException", "ValidationError", "InvalidParameterValue", 400, 400}})
    if (failure.code == known.json)
      return {std::string(is_ec2 ? known.ec2 : known.query), failure.message, is_ec2 ? known.ec2_status : known.status};
  return failure;
}

bool is_form(const RequestHead& head) {
  return head.headers.find("Content-Type").value_or("").starts_with("application/x-www-form-urlencoded");
}

const QueryService* query_service(std::string_view name) {
  for (const auto& service : query_services)
    if (service.name == name) return &service;
  return nullptr;
}

const QueryService* query_service_of_version(std::string_view version) {
  for (const auto& service : query_services)
    if (service.version == version) return &service;
  return nullptr;
}

Json parse_form(std::string_view text) {
  Json root = Json::object();
  std::size_t fields = 0;
  for (const auto& part : split(text, '&')) {
    if (part.empty()) continue;
    if (++fields > most_form_fields) refuse_form("there are too many fields");
    const auto equals = part.find('=');
    auto value = equals == std::string::npos ? std::string() : form_text(part.substr(equals + 1));
    if (!is_utf8(value)) refuse_form("a value is not UTF-8");
    Json& place = place_of(root, form_text(part.substr(0, equals)));
    if (!place.is_null()) refuse_form("a name occurs twice");
    place = std::move(value);
  }
  return root;
}

Response query_response(const RequestHead& head, const QueryService& service, const std::string& action,
                        const Json& result) {
  const auto id = uuid();
  const Json meta = {{"RequestId", id}};
  if (wants_json(head, service))
    return query_reply(200, true, id,
                       Json{{action + "Response", {{action + "Result", result}, {"ResponseMetadata", meta}}}}.dump(
                           -1, ' ', false, Json::error_handler_t::replace));
  const auto inner = service.is_ec2 ? cat("<requestId>", id, "</requestId>", xml_of(result, "item"))
                                    : cat("<", action, "Result>", xml_of(result, "member"), "</", action,
                                          "Result><ResponseMetadata>", xml_of(meta, ""), "</ResponseMetadata>");
  return query_reply(
      200, false, id,
      cat("<", action, "Response xmlns=\"", service.xml_namespace, "\">", inner, "</", action, "Response>\n"));
}

Response query_failure(const RequestHead& head, const QueryService& service, const ApiFailure& failure) {
  const auto id = uuid();
  const Json error = {{"Code", failure.code}, {"Message", failure.message}};
  if (service.is_ec2)
    return query_reply(failure.status, false, id,
                       cat("<Response><Errors><Error>", xml_of(error, ""), "</Error></Errors><RequestID>", id,
                           "</RequestID></Response>\n"));
  Json typed = error;
  typed["Type"] = "Sender";
  if (wants_json(head, service))
    return query_reply(failure.status, true, id, Json{{"Error", typed}, {"RequestId", id}}.dump());
  return query_reply(failure.status, false, id,
                     cat("<ErrorResponse xmlns=\"", service.xml_namespace, "\"><Error>", xml_of(typed, ""),
                         "</Error><RequestId>", id, "</RequestId></ErrorResponse>\n"));
}

bool is_true(const Json& input, const char* name) { return lower(text_member(input, name)) == "true"; }

std::int64_t number_member(const Json& input, const char* name, std::int64_t usual, std::int64_t least,
                           std::int64_t most) {
  const auto text = text_member(input, name);
  if (text.empty()) return usual;
  const auto number = parse_integer(text);
  if (!number || *number < least || *number > most)
    throw ApiFailure{"ValidationError", cat(name, " must be a number from ", least, " to ", most, ".")};
  return *number;
}

std::string required_text(const Json& input, const char* name) {
  auto text = text_member(input, name);
  if (text.empty())
    throw ApiFailure{"ValidationError", cat("1 validation error detected: Value null at '", name,
                                            "' failed to satisfy constraint: Member must not be null")};
  return text;
}

}  // namespace lapstrake::sandbox
