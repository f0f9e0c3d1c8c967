// Translates yaml-cpp's error messages.
#pragma once
#include <string_view>

#include "findings.hpp"

namespace lapstrake::spec {

// `line` and `column` count from 0, in bytes.
void report_yaml_error(const SourceText& source, std::size_t line, std::size_t column, std::string_view message,
                       Findings& findings);

}  // namespace lapstrake::spec
