// The report of `inspect`.
#pragma once
#include <lapstrake/app/inspect/inspected.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lapstrake::cli {

std::string inspect_report(const app::Inspection& inspection);  // for people
nlohmann::ordered_json inspect_json(const app::Inspection& inspection);

}  // namespace lapstrake::cli
