// Helpers for values in JSON documents.
#pragma once
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// A number or boolean as the string that ECS expects; other values unchanged.
nlohmann::json as_string(const nlohmann::json& value);

// The member if it is there and a string, otherwise "".
std::string text_of(const nlohmann::json& object, const char* name);
// False for a member of another type, which the model check reports.
bool is_text_or_absent(const nlohmann::json& object, const char* name);
// The member if it is there and a whole number of 32 bits.
std::optional<std::int64_t> number_of(const nlohmann::json& object, const char* name);
// The member if it is there and an array, otherwise an empty one.
const nlohmann::json& list_of(const nlohmann::json& object, const char* name);
// The member if it is there, otherwise null.
const nlohmann::json& member_of(const nlohmann::json& object, const char* name);

// Present and not just an empty list, object, string or `false`.
bool is_set(const nlohmann::json& value);

// A JSON pointer (RFC 6901) one step further down.
std::string below(const std::string& pointer, std::string_view name);
std::string below(const std::string& pointer, std::size_t index);

// Whether no member of an AWS API can have this name: `$schema`, `_comment`, `//`, `x-owner`, `Family`; `comment` too.
bool is_never_aws_member(std::string_view name);

// Calls `visit` with every value at `place` ("volumes/*/name"; `*` is each element of a list or each member of an
// object), and its pointer.
using Visit = std::function<void(nlohmann::json& value, const std::string& pointer)>;
void visit_path(nlohmann::json& document, std::string_view place, const Visit& visit, const std::string& pointer = "");

}  // namespace lapstrake::aws
