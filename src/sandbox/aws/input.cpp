#include "input.hpp"

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/api_failure.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

ApiFailure serialization(std::string message) { return {"SerializationException", std::move(message)}; }

// How AWS's reader names what it found.
std::string_view token_of(const Json& value) {
  if (value.is_null()) return "NULL_VALUE";
  if (value.is_string()) return "STRING_VALUE";
  if (value.is_number_float()) return "DECIMAL_VALUE";
  if (value.is_number()) return "NUMBER_VALUE";
  return value.is_boolean() && value.get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE";
}

void check_scalar(const Json& value, aws::ModelShape::Kind kind) {
  const bool is_text = kind == aws::ModelShape::Kind::text;
  if (!(is_text ? value.is_string() : value.is_number_integer())) refuse_kind(value, kind);
}

// Pages begin where the last one ended; the token is opaque to clients.
std::size_t offset_of(const std::string& token) {
  if (token.empty()) return 0;
  const auto text = base64_decode(token);
  const auto number = text ? parse_integer(*text) : std::nullopt;
  if (!number || *number < 0) throw ApiFailure{"InvalidParameterException", "Invalid parameter at 'nextToken'"};
  return static_cast<std::size_t>(*number);
}

}  // namespace

void refuse_kind(const Json& value, aws::ModelShape::Kind wanted) {
  using Kind = aws::ModelShape::Kind;
  if (wanted == Kind::list) throw serialization("Expected list or null");
  if (value.is_array()) throw serialization("Start of list found where not expected");
  if (wanted == Kind::map || wanted == Kind::structure || wanted == Kind::choice)
    throw serialization("Unexpected field type");
  if (value.is_object()) throw serialization("Start of structure or map found where not expected");
  throw serialization(cat(token_of(value), " can not be converted to ",
                          wanted == Kind::text      ? "a String"
                          : wanted == Kind::integer ? "an Integer"
                                                    : "a Boolean"));
}

std::string text_member(const Json& input, const char* name) {
  if (!input.contains(name) || input[name].is_null()) return {};
  check_scalar(input[name], aws::ModelShape::Kind::text);
  return input[name].get<std::string>();
}

std::vector<std::string> texts_member(const Json& input, const char* name) {
  if (!input.contains(name) || input[name].is_null()) return {};
  if (!input[name].is_array()) throw serialization("Expected list or null");
  std::vector<std::string> texts;
  for (const auto& value : input[name]) {
    check_scalar(value, aws::ModelShape::Kind::text);
    texts.push_back(value.get<std::string>());
  }
  return texts;
}

void check_structure(Json& input) {
  if (!input.is_object()) refuse_kind(input, aws::ModelShape::Kind::structure);
  for (auto member = input.begin(); member != input.end();) {
    if (member->is_null())
      member = input.erase(member);
    else
      ++member;
  }
}

Json page(const Json& input, const char* name, std::vector<Json> items, std::size_t usual, std::size_t most) {
  std::size_t size = usual;
  if (input.contains("maxResults") && !input["maxResults"].is_null()) {
    check_scalar(input["maxResults"], aws::ModelShape::Kind::integer);
    const auto asked = input["maxResults"].get<std::int64_t>();
    if (asked < 1 || asked > static_cast<std::int64_t>(most))
      throw ApiFailure{
          "InvalidParameterException",
          cat("Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must be from 1 to ", most, "'")};
    size = static_cast<std::size_t>(asked);
  }
  const std::size_t begin = std::min(offset_of(text_member(input, "nextToken")), items.size());
  const std::size_t end = std::min(begin + size, items.size());
  Json list = Json::array();
  for (std::size_t i = begin; i < end; ++i) list.push_back(std::move(items[i]));
  Json result = {{name, std::move(list)}};
  if (end < items.size()) result["nextToken"] = base64(as_bytes(cat(end)));
  return result;
}

}  // namespace lapstrake::sandbox
