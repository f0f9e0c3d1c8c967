// The region in which lapstrake runs, from the metadata service of its EC2 instance.
#pragma once
#include <lapstrake/aws/credentials/lookup.hpp>
#include <optional>
#include <string>

namespace lapstrake::aws {

// Nothing without the service.
std::optional<std::string> instance_region(const Lookup& lookup);

}  // namespace lapstrake::aws
