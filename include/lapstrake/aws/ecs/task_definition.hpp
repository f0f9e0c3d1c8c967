// Reads and merges task definitions as JSON documents. Pure. AWS owns the schema: unknown members pass through
// unchanged.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace lapstrake::aws {

// Reads the input of RegisterTaskDefinition, or the output of DescribeTaskDefinition ({"taskDefinition":
// {...}, "tags": [...]}); comments allowed; read-only members dropped. Error{usage} naming `what`.
nlohmann::json read_task_definition(std::string_view text, std::string_view what);

// The input of RegisterTaskDefinition from a reply of DescribeTaskDefinition: unwrapped, with its tags and without
// read-only members. An input is returned unchanged.
nlohmann::json register_input(nlohmann::json document);

// Applies `overlay` to `document`: a JSON merge patch (RFC 7396), but lists of objects that all have a `name` merge by
// it (new names are appended, in order).
nlohmann::json merge(nlohmann::json document, const nlohmann::json& overlay);

}  // namespace lapstrake::aws
