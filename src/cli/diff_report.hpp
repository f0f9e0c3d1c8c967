// The report of `diff`.
#pragma once
#include <lapstrake/app/inspect/diff.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lapstrake::cli {

std::string diff_report(const app::ImageDiff& difference);  // for people; empty for the same image
nlohmann::ordered_json diff_json(const app::ImageDiff& difference);

}  // namespace lapstrake::cli
