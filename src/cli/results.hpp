// Formats results: JSON for scripts, lines for people.
#pragma once
#include <lapstrake/app/build/build.hpp>
#include <lapstrake/app/publish/push.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/spec/diagnostic.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "print.hpp"

namespace lapstrake::cli {

void print_json(const Printer& printer, const nlohmann::ordered_json& value);
void print_json_line(const Printer& printer,
                     const nlohmann::ordered_json& value);  // for results that come one after another

nlohmann::ordered_json json_of(const spec::Diagnostic& diagnostic);
nlohmann::ordered_json json_of(const app::BuiltImage& image);  // with its explanation, if it has one
nlohmann::ordered_json json_of(const app::PushedImage& image);
nlohmann::ordered_json json_of(const app::RegisteredTask& task, bool dry_run);
std::string line_of(const app::RegisteredTask& task, bool dry_run);

}  // namespace lapstrake::cli
