// `lapstrake store check|gc|path`: checks, cleans or locates the local store.
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/store.hpp>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

int check_store(CommandContext& command) {
  const auto root = command.store_root();
  const auto report = store::Store::open(root).check(command.runtime().stop);
  if (command.options().json)
    print_json(command.printer(), {{"blobs", report.blobs},
                                   {"bytes", report.bytes},
                                   {"elsewhere", report.in_registries},
                                   {"problems", report.problems}});
  for (const auto& problem : report.problems) command.print_line(problem);
  if (!report.problems.empty())
    throw Error(ErrorKind::integrity,
                cat(count_of(report.problems.size(), "problem"), " found in the store `", root.string(), "`"),
                "delete the files of damaged blobs, then run `lapstrake build` to recreate missing blobs");
  if (command.options().quiet) return 0;
  const auto remote = report.in_registries > 0
                          ? cat("; ", count_of(report.in_registries, "base layer"), " only in registries")
                          : std::string();
  command.printer().message(
      cat("no problems found: ", count_of(report.blobs, "blob"), ", ", human_size(report.bytes), remote, "\n"));
  return 0;
}

int collect_garbage(CommandContext& command) {
  const auto report = store::Store::gc(command.store_root(), command.runtime());
  if (command.options().json)
    print_json(command.printer(),
               {{"removed", report.removed}, {"freedBytes", report.freed_bytes}, {"kept", report.kept}});
  command.print_line(
      cat("removed ", count_of(report.removed, "blob"), " (", human_size(report.freed_bytes), "), kept ", report.kept));
  return 0;
}

int print_path(CommandContext& command) {
  const auto root = command.store_root().string();
  if (command.options().json) print_json(command.printer(), {{"path", root}});
  command.print_line(root);
  return 0;
}

Command check_command_of_store() {
  return {
      .name = "store check",
      .summary = "verify every blob and ref",
      .usage = {},
      .examples = "  lapstrake store check\n",
      .description = R"(Recomputes the digest of every blob in the store and follows every ref. Reports
each missing or damaged blob, and exits 6 if there is one.
)",
      .needs_store = true,
      .run = check_store,
  };
}

Command gc_command_of_store() {
  return {
      .name = "store gc",
      .summary = "remove unreferenced blobs",
      .usage = {},
      .examples = "  lapstrake store gc\n",
      .description = R"(Removes the blobs that no ref reaches, and temporary files that killed processes
left behind. Waits for running builds to finish.
)",
      .needs_store = true,
      .run = collect_garbage,
  };
}

Command path_command_of_store() {
  return {
      .name = "store path",
      .summary = "print the folder of the store",
      .usage = {},
      .examples = "  du -sh \"$(lapstrake store path)\"\n",
      .description = "Prints the path of the store.\n",
      .needs_store = true,
      .run = print_path,
  };
}

}  // namespace

Command store_command() {
  return {
      .name = "store",
      .summary = "check, clean or locate the local store",
      .usage = "check|gc|path",
      .examples = "  lapstrake store path\n  lapstrake store check\n  lapstrake store gc\n",
      .description = "The store is an OCI image layout with all built images and the layer cache.\n",
      .subcommands = {check_command_of_store(), gc_command_of_store(), path_command_of_store()},
  };
}

}  // namespace lapstrake::cli
