#include "findings.hpp"

#include <algorithm>

namespace lapstrake::aws {

void Findings::error(std::string pointer, std::string message, std::string help) {
  found_.push_back({.pointer = std::move(pointer), .message = std::move(message), .help = std::move(help)});
}

void Findings::warning(std::string pointer, std::string message, std::string help) {
  found_.push_back({.severity = Finding::Severity::warning,
                    .pointer = std::move(pointer),
                    .message = std::move(message),
                    .help = std::move(help)});
}

void Findings::documented(Documented rule, std::string pointer, std::string message, std::string help) {
  if (std::any_of(found_.begin(), found_.end(), [&](const auto& each) {
        return each.pointer == pointer && each.severity == Finding::Severity::error;
      }))
    return;  // one mistake, one finding
  found_.push_back({.pointer = std::move(pointer),
                    .message = std::move(message),
                    .help = std::move(help),
                    .rule = std::string(name_of(rule))});
}

}  // namespace lapstrake::aws
