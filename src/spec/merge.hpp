// Environments: merge patches over the document (RFC 7396, and lists of objects that all have a `name` merge by it).
#pragma once
#include "findings.hpp"
#include "node.hpp"

namespace lapstrake::spec {

// The document with `patch` laid over it, each value with the place where it was written. In a task's document null
// stays: there it removes what the task's `from:` has.
Node merged(Node document, const Node& patch, Findings& findings);

}  // namespace lapstrake::spec
