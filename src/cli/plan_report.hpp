// The report of `plan` and `build --explain`: what changed in an image since its last build, and why.
#pragma once
#include <lapstrake/app/build/build.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lapstrake::cli {

// For people: the first ten changes of each layer. Several lines, without a line break at the end.
std::string plan_report(const app::BuiltImage& image);
// For scripts: all changes. {"before": ..., "platforms": [...]}
nlohmann::ordered_json plan_json(const app::BuiltImage& image);

}  // namespace lapstrake::cli
