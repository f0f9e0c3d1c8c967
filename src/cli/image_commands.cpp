// Commands that read or copy images: inspect, copy, diff, verify. They use the spec for names and registry settings,
// but work without one.
#include <algorithm>
#include <lapstrake/app/inspect/diff.hpp>
#include <lapstrake/app/inspect/inspect.hpp>
#include <lapstrake/app/inspect/verify.hpp>
#include <lapstrake/app/publish/copy.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "print.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

void require_names(const CommandContext& command, std::size_t count, std::string_view what) {
  const auto& options = command.options();
  if (options.names.size() == count) return;
  throw Error(ErrorKind::usage, cat("`lapstrake ", options.command, "` needs ", what),
              cat("run `lapstrake ", options.command, " --help` to see the arguments"));
}

bool may_be_a_name(const std::string& text) { return text.find_first_of("/:@") == std::string::npos; }

// Nothing if there is no spec. A spec with mistakes is an error only if one of `names` may be an image of the spec.
std::optional<spec::Project> project_for(CommandContext& command, const std::vector<std::string>& names) {
  std::error_code ignored;
  if (!std::filesystem::exists(command.options().file, ignored)) return std::nullopt;
  auto result = command.read();
  if (!result.project && std::any_of(names.begin(), names.end(), may_be_a_name)) {
    command.printer().diagnostics(result.diagnostics, !command.options().quiet);
    throw command.mistakes(result.diagnostics);
  }
  return std::move(result.project);
}

}  // namespace

int inspect(CommandContext& command) {
  const auto& options = command.options();
  require_names(command, 1, "exactly one argument: the image");
  const auto project = project_for(command, options.names);
  const auto inspection = app::inspect(command.context(), project ? &*project : nullptr, options.names.front(),
                                       {.files = options.files, .referrers = options.referrers});
  command.clear();
  if (options.json)
    command.printer().json_result(app::report_json(inspection));
  else
    command.printer().result(app::report(inspection));
  return 0;
}

int copy(CommandContext& command) {
  const auto& options = command.options();
  require_names(command, 2, "exactly two arguments: SRC and DST");
  const auto to = oci::parse_reference(options.names.back());
  const auto project = project_for(command, {options.names.front()});
  const auto copied = app::copy(command.context(), project ? &*project : nullptr, options.names.front(), to,
                                {.create_repository = options.create_repository});
  command.clear();
  if (options.json)
    print_json(command.printer(),
               {{"source", options.names.front()},
                {"reference", copied.reference},
                {"digest", copied.root.digest.text()},
                {"mediaType", copied.root.media_type},
                {"sourceIndex", copied.source_index ? ordered_json(copied.source_index->text()) : ordered_json()},
                {"blobsSent", copied.blobs_sent},
                {"bytesSent", copied.bytes_sent},
                {"blobsPresent", copied.blobs_present}});
  command.print_line(copied.reference);
  return 0;
}

int diff(CommandContext& command) {
  const auto& options = command.options();
  require_names(command, 2, "exactly two arguments: the images A and B");
  const auto project = project_for(command, options.names);
  const auto found =
      app::diff(command.context(), project ? &*project : nullptr, options.names.front(), options.names.back());
  command.clear();
  if (options.json)
    command.printer().json_result(app::report_json(found));
  else
    command.printer().result(app::report(found));
  return 0;
}

int verify(CommandContext& command) {
  const auto& options = command.options();
  require_names(command, 1, "exactly one argument: the image");
  const auto& name = options.names.front();
  const auto project = options.rebuild ? std::optional(command.project()) : project_for(command, options.names);
  const auto context = command.context();
  const auto found = app::verify(context, project ? &*project : nullptr, name);
  command.clear();
  if (options.json)
    print_json(command.printer(), {{"name", name},
                                   {"digest", found.root.digest.text()},
                                   {"images", found.images},
                                   {"blobs", found.blobs},
                                   {"bytes", found.bytes},
                                   {"problems", found.problems}});
  for (const auto& problem : found.problems) command.print_line(printable(problem, 4096));
  if (!found.problems.empty())
    throw Error(ErrorKind::integrity,
                cat("verification of `", name, "` failed: ", count_of(found.problems.size(), "problem")),
                "do not run this image; build or copy it again");
  std::string rebuilt;
  if (options.rebuild)
    rebuilt = cat(", same digest after rebuilding image `", app::prove_rebuild(context, *project, found), "`");
  command.print_line(cat("verified: ", count_of(found.images, "image"), ", ", count_of(found.blobs, "blob"), ", ",
                         human_size(found.bytes), rebuilt));
  return 0;
}

}  // namespace lapstrake::cli
