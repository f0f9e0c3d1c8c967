// The INI files that the AWS tools share (~/.aws/config, ~/.aws/credentials).
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// Names in lower case; values trimmed, otherwise as they stand. Nested settings (indented, below a name without a
// value) are part of that name's value and not looked into.
using Section = std::map<std::string, std::string>;

// By the text between the brackets, white space squeezed and quotes gone: "default", "profile ci", "sso-session corp".
// A section that comes twice is one, and the later setting wins. Error{access} with the line's number, never its text
// (it may hold a secret), for a line that is neither; `what` names the file.
std::map<std::string, Section> parse_shared_file(std::string_view text, std::string_view what);

}  // namespace lapstrake::aws
