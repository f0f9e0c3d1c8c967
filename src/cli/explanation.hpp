// What `plan` and `build --explain` say of an image: what of it is another, and why.
#pragma once
#include <lapstrake/app/build.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lapstrake::cli {

// For people: of each layer the first ten changes. Lines, without a line break at the end.
std::string explanation(const app::BuiltImage& image);
// For scripts: all of them. {"before": ..., "platforms": [...]}
nlohmann::ordered_json explanation_json(const app::BuiltImage& image);

}  // namespace lapstrake::cli
