// Reads members of an API call's input as AWS's front end does, and pages a result.
#pragma once
#include <lapstrake/aws/ecs/model.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::sandbox {

// All throw ApiFailure{SerializationException} with AWS's message for a value of the wrong type.
std::string text_member(const nlohmann::json& input, const char* name);  // empty when absent or null
std::vector<std::string> texts_member(const nlohmann::json& input, const char* name);

// Checks that an input is a structure, and drops members that are null.
void check_structure(nlohmann::json& input);

// Throws the SerializationException for a value of the wrong type.
[[noreturn]] void refuse_kind(const nlohmann::json& value, aws::ModelShape::Kind wanted);

// {NAME: a page of `items`, "nextToken": ...} by the input's maxResults (at most `most`, else `usual`) and nextToken.
nlohmann::json page(const nlohmann::json& input, const char* name, std::vector<nlohmann::json> items, std::size_t usual,
                    std::size_t most);

}  // namespace lapstrake::sandbox
