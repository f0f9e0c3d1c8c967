// Results on stdout, talk on stderr: the only place that prints.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/world.hpp>
#include <lapstrake/spec/diagnostic.hpp>
#include <string>
#include <vector>

namespace lapstrake::cli {

// Error{input} when stdout cannot take it (a full disk, a closed pipe): a result that got lost is no success.
void print_result(const std::string& text);
void print_talk(const std::string& text);

bool stderr_is_terminal();
unsigned stderr_columns();
bool colours_wanted(const Environment& environment);

// "error:", "warning:", "help:" and carets in colour, if wanted.
std::string coloured(const std::string& report, bool colours);

void print_error(const Error& error, bool colours);
void print_diagnostics(const std::vector<spec::Diagnostic>& diagnostics, bool colours, bool warnings);

}  // namespace lapstrake::cli
