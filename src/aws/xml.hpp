// Reads the simple XML replies of STS as a map of their leaves.
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// The text of every element that holds no other, by its name (without a namespace's prefix); the first of a name
// counts. Never fails: other text is skipped.
std::map<std::string, std::string> xml_leaves(std::string_view text);

}  // namespace lapstrake::aws
