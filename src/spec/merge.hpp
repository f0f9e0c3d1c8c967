// Applies environments: merge patches of the document (RFC 7396; lists of objects that all have a `name` merge by it).
#pragma once
#include "findings.hpp"
#include "node.hpp"

namespace lapstrake::spec {

// The document with `patch` applied, each value with the position where it was written. In a task null is kept: there
// it removes a member of the task's `from:`.
Node merged(Node document, const Node& patch, Findings& findings);

}  // namespace lapstrake::spec
