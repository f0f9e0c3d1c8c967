// `lapstrake version`: prints the versions that decide the bytes of layers.
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>
#include <lapstrake/layers/write.hpp>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

int version(CommandContext& command) {
  const auto libraries = http::library_versions();
  if (command.options().json)
    print_json(command.printer(),
               {{"version", LAPSTRAKE_VERSION}, {"byteFormat", layers::byte_format()}, {"libraries", libraries}});
  command.print_line(cat("lapstrake ", LAPSTRAKE_VERSION, "\nbyte format ", layers::byte_format(), "\n", libraries));
  return 0;
}

}  // namespace

Command version_command() {
  return {
      .name = "version",
      .summary = "print the version, byte format and libraries",
      .usage = {},
      .examples = "  lapstrake version --json\n",
      .description = "Prints the versions on which the bytes of layers depend.\n",
      .run = version,
  };
}

}  // namespace lapstrake::cli
