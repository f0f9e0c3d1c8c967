// The reference page of the spec (docs/reference/spec.md), generated from the reader's table of keys.
#pragma once
#include <string>

namespace lapstrake::spec {

std::string reference_markdown();

}  // namespace lapstrake::spec
