// Validates a document with expanded variables against the table of keys.
#pragma once
#include "findings.hpp"
#include "keys.hpp"
#include "node.hpp"

namespace lapstrake::spec {

struct ShapeRules {
  bool allow_outside = false;  // sources may leave the spec's folder
};

void check_shape(const Node& document, const Table& table, const ShapeRules& rules, Findings& findings);

}  // namespace lapstrake::spec
