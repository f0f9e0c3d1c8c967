// Renders the help pages: examples first, at most 80 columns.
#pragma once
#include <string>
#include <vector>

#include "command.hpp"

namespace lapstrake::cli {

// `lapstrake --help`.
std::string overview(const std::vector<Command>& commands);
// `lapstrake NAME --help`.
std::string help_page(const Command& command);

// The parts that the man page also needs.
inline constexpr std::string_view program_synopsis = "lapstrake [global options] COMMAND [NAME...]";
inline constexpr std::string_view program_examples =
    R"(  lapstrake check                       # report every mistake in the spec
  lapstrake build -o oci:out:v1         # build an OCI layout
  lapstrake register -e production      # push and register task definitions
)";
inline constexpr std::string_view program_description =
    R"(Builds container images from lapstrake.yaml without a daemon, pushes them and
registers ECS task definitions pinned by digest. Never runs code from an image.
)";

}  // namespace lapstrake::cli
