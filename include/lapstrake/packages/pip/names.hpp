// Names of Python projects and extras.
#pragma once
#include <string>
#include <string_view>

namespace lapstrake::packages::pip {

// PEP 503: lower case, and each run of `-`, `_` and `.` is one `-`. Names are compared in this form.
std::string normalized_name(std::string_view name);
// PEP 508: ASCII letters, digits, `.`, `_` and `-`; the first and last are letters or digits.
bool is_valid_name(std::string_view name);

}  // namespace lapstrake::packages::pip
