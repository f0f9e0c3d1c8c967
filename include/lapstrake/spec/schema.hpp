// The JSON Schema of the spec, generated from the reader's table of keys.
#pragma once
#include <string>

namespace lapstrake::spec {

std::string json_schema();  // draft 2020-12, pretty-printed

}  // namespace lapstrake::spec
