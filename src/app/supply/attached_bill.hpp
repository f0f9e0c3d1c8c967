// The bill of materials that is attached to an image in a registry.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/supply/bill_format.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

// JSON. Error{usage} if the image is not in a registry; Error{input} if it has no bill; Error{integrity} if the bill is
// not JSON, or too large.
std::string attached_bill(const Context& context, const spec::Project* project, const std::string& reference,
                          std::optional<BillFormat> format);

}  // namespace lapstrake::app
