// `lapstrake verify`: recomputes every digest of an image.
#include <lapstrake/app/inspect/verify.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

void print_json_of(const CommandContext& command, const std::string& name, const app::Verification& found) {
  print_json(command.printer(), {{"name", name},
                                 {"digest", found.root.digest.text()},
                                 {"images", found.images},
                                 {"blobs", found.blobs},
                                 {"bytes", found.bytes},
                                 {"problems", found.problems}});
}

int verify(CommandContext& command, bool rebuild) {
  const auto& name = command.arguments().front();
  const auto project = rebuild ? std::optional(command.project()) : command.project_if_any({name});
  const auto context = command.context();
  const auto found = app::verify(context, project ? &*project : nullptr, name);
  command.clear();
  if (command.options().json) print_json_of(command, name, found);
  for (const auto& problem : found.problems) command.print_line(printable(problem, 4096));
  if (!found.problems.empty())
    throw Error(ErrorKind::integrity,
                cat("verification of `", name, "` failed: ", count_of(found.problems.size(), "problem")),
                "do not run this image; build or copy it again");
  std::string rebuilt;
  if (rebuild)
    rebuilt = cat(", same digest after rebuilding image `", app::prove_rebuild(context, *project, found), "`");
  command.print_line(cat("verified: ", count_of(found.images, "image"), ", ", count_of(found.blobs, "blob"), ", ",
                         human_size(found.bytes), rebuilt));
  return 0;
}

}  // namespace

Command verify_command() {
  const auto rebuild = std::make_shared<bool>(false);
  return {
      .name = "verify",
      .summary = "check every digest of an image",
      .usage = "REF [--rebuild]",
      .examples = R"(  lapstrake verify web                  # the last build in the store
  lapstrake verify registry.example/team/web:1.4
  lapstrake verify oci-archive:web.tar --platform linux/arm64
  lapstrake verify --rebuild registry.example/team/web:1.4
)",
      .description = R"(Recomputes every digest: of manifests, configs, layers and uncompressed layers
(diff_ids); and checks sizes, media types, platforms and the number of layers.
REF takes the same forms as for `lapstrake inspect`.

Prints `verified: 2 images, 7 blobs, 123.4 MiB`. If something is wrong, prints a
line for each problem and exits 6.
)",
      .arguments = {.least = 1, .most = 1, .rule = "needs exactly one argument: the image"},
      .options = {flag("--rebuild",
                       "rebuild the image of the spec without the cache, and exit 6 if the digest differs from that of "
                       "REF",
                       *rebuild)},
      .run = [rebuild](CommandContext& command) { return verify(command, *rebuild); },
  };
}

}  // namespace lapstrake::cli
