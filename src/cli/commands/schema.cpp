// `lapstrake schema`: prints the JSON Schema of the spec.
#include <lapstrake/spec/schema.hpp>

#include "command.hpp"
#include "command_context.hpp"

namespace lapstrake::cli {

Command schema_command() {
  return {
      .name = "schema",
      .summary = "print the JSON Schema of the spec",
      .usage = {},
      .examples = "  lapstrake schema > lapstrake.schema.json\n",
      .description = R"(Use it to complete and check `lapstrake.yaml` in an editor: see
docs/how-to/editor.md.
)",
      .run = [](CommandContext& command) { return command.printer().result(spec::json_schema()), 0; },
  };
}

}  // namespace lapstrake::cli
