// Members of an API call's input, read as AWS's own front reads them, and pages of a result.
#pragma once
#include <lapstrake/aws/task_model.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::sandbox {

// All throw ApiFailure{SerializationException} in AWS's words for a value of another kind.
std::string text_member(const nlohmann::json& input, const char* name);  // empty when absent or null
std::vector<std::string> texts_member(const nlohmann::json& input, const char* name);

// Checks that an input is a structure; its members that are null count as absent and are dropped.
void check_structure(nlohmann::json& input);

// The SerializationException for a value of another kind than the one wanted.
[[noreturn]] void refuse_kind(const nlohmann::json& value, aws::ModelShape::Kind wanted);

// {NAME: a page of `items`, "nextToken": ...} by the input's maxResults (at most `most`, else `usual`) and nextToken.
nlohmann::json page(const nlohmann::json& input, const char* name, std::vector<nlohmann::json> items, std::size_t usual,
                    std::size_t most);

}  // namespace lapstrake::sandbox
