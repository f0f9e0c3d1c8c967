// Prints the results of commands as JSON.
#pragma once
#include <functional>
#include <lapstrake/app/build/build.hpp>
#include <lapstrake/app/publish/push.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "command_context.hpp"

namespace lapstrake::cli {

void print_json(const Printer& printer, const nlohmann::ordered_json& value);
void print_json_line(const Printer& printer,
                     const nlohmann::ordered_json& value);  // for results that come one after another

// Runs `act`, which fills `results`; then prints them if --json is given, even if `act` fails halfway.
void print_results(CommandContext& command, const nlohmann::ordered_json& results, const std::function<void()>& act);

nlohmann::ordered_json json_of(const app::BuiltImage& image);  // with its explanation, if it has one
nlohmann::ordered_json json_of(const app::PushedImage& image);

}  // namespace lapstrake::cli
