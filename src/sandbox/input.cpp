#include "input.hpp"

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "api.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

ApiFailure serialization(std::string message) { return {"SerializationException", std::move(message)}; }

// How AWS's reader names what it found.
std::string_view token_of(const Json& value) {
  if (value.is_string()) return "STRING_VALUE";
  if (value.is_number_float()) return "DECIMAL_VALUE";
  if (value.is_number()) return "NUMBER_VALUE";
  return value.is_boolean() && value.get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE";
}

void check_scalar(const Json& value, char kind) {
  if (value.is_object()) throw serialization("Start of structure or map found where not expected");
  if (value.is_array()) throw serialization("Start of list found where not expected");
  const bool fits = kind == 's' ? value.is_string() : kind == 'i' ? value.is_number_integer() : value.is_boolean();
  if (fits) return;
  throw serialization(cat(token_of(value), " can not be converted to ",
                          kind == 's'   ? "a String"
                          : kind == 'i' ? "an Integer"
                                        : "a Boolean"));
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

std::string text_member(const Json& input, const char* name) {
  if (!input.contains(name) || input[name].is_null()) return {};
  check_scalar(input[name], 's');
  return input[name].get<std::string>();
}

std::vector<std::string> texts_member(const Json& input, const char* name) {
  if (!input.contains(name) || input[name].is_null()) return {};
  if (!input[name].is_array()) throw serialization("Expected list or null");
  std::vector<std::string> texts;
  for (const auto& value : input[name]) {
    check_scalar(value, 's');
    texts.push_back(value.get<std::string>());
  }
  return texts;
}

void check_shape(Json& value, const Json& shape) {
  if (shape.is_string()) return check_scalar(value, shape.get_ref<const std::string&>()[0]);
  if (shape.is_array()) {
    if (!value.is_array()) throw serialization("Expected list or null");
    for (auto& item : value) check_shape(item, shape[0]);
    return;
  }
  if (!value.is_object())
    throw serialization(value.is_array() ? "Start of list found where not expected" : "Unexpected field type");
  for (auto member = value.begin(); member != value.end();) {
    if (member->is_null()) {
      member = value.erase(member);
      continue;
    }
    if (shape.contains("*"))
      check_shape(*member, shape["*"]);
    else if (shape.contains(member.key()))
      check_shape(*member, shape[member.key()]);
    ++member;
  }
}

Json page(const Json& input, const char* name, std::vector<Json> items, std::size_t usual, std::size_t most) {
  std::size_t size = usual;
  if (input.contains("maxResults") && !input["maxResults"].is_null()) {
    check_scalar(input["maxResults"], 'i');
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
