// Parses the INI files that the AWS tools share (~/.aws/config, ~/.aws/credentials).
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// Names in lower case; values trimmed, without a comment after white space. Lines that are indented deeper than a
// setting are part of its value, each after a line end.
using Section = std::map<std::string, std::string>;

// By the text between the brackets, white space squeezed and quotes gone: "default", "profile ci", "sso-session corp".
// `name = value` and `name: value`, indented or not; settings of `[DEFAULT]` are in all sections. Duplicate sections
// are merged, and the later setting wins. Error{access} with the line's number, never its text (it may hold a secret),
// for an invalid line; `what` names the file.
std::map<std::string, Section> parse_shared_file(std::string_view text, std::string_view what);

// The settings nested below one that has no value of its own ("ecr =\n  endpoint_url = ..."); empty for other values.
Section nested_settings(std::string_view value);

}  // namespace lapstrake::aws
