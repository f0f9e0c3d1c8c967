// The report of `lapstrake explain`, for people and as JSON.
#pragma once
#include <lapstrake/app/packages/explain_package.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lapstrake::cli {

std::string explain_report(const app::ExplainedPackage& package);
nlohmann::ordered_json explain_json(const app::ExplainedPackage& package);

}  // namespace lapstrake::cli
