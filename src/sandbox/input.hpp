// Members of an API call's input, read as AWS's own front reads them, and pages of a result.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::sandbox {

// All throw ApiFailure{SerializationException} in AWS's words for a value of another kind.
std::string text_member(const nlohmann::json& input, const char* name);  // empty when absent or null
std::vector<std::string> texts_member(const nlohmann::json& input, const char* name);

// Checks every member that `shape` knows, at any depth. A shape is JSON in the form of what it describes: "s" a text,
// "i" a whole number, "b" true or false, ["s"] a list, {"*": "s"} a map, {...} a structure. Members that the shape
// lacks pass (AWS adds some monthly); nulls count as absent and are dropped.
void check_shape(nlohmann::json& value, const nlohmann::json& shape);

// {NAME: a page of `items`, "nextToken": ...} by the input's maxResults (at most `most`, else `usual`) and nextToken.
nlohmann::json page(const nlohmann::json& input, const char* name, std::vector<nlohmann::json> items, std::size_t usual,
                    std::size_t most);

}  // namespace lapstrake::sandbox
