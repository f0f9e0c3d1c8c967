// `lapstrake lock`: pins the bases of the spec.
#include <lapstrake/app/pin/lock.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

struct LockOptions {
  bool update = false, prune = false, check = false;
};

// The words differ between a lock that was written and a lock that was only compared.
std::string_view word(app::LockChange::Kind kind, bool locked) {
  switch (kind) {
    case app::LockChange::Kind::added: return locked ? "missing" : "added";
    case app::LockChange::Kind::moved: break;
    case app::LockChange::Kind::removed: return locked ? "superfluous" : "removed";
  }
  return "moved";
}

std::string line_of(const app::LockChange& change, bool locked) {
  if (const auto& package = change.package; !package.name.empty())
    return cat("moved ", package.name, " ", package.before, " -> ", package.after,
               package.is_security ? " (security)" : "");
  std::string line = cat(word(change.kind, locked), " ", change.name);
  if (change.before) line += cat(" ", change.before->text());
  if (change.before && change.after) line += " ->";
  if (change.after) line += cat(" ", change.after->text());
  return line;
}

ordered_json change_json(const app::LockChange& change, bool locked) {
  const auto digest = [](const std::optional<oci::Digest>& one) {
    return one ? ordered_json(one->text()) : ordered_json();
  };
  ordered_json out{{"change", word(change.kind, locked)},
                   {change.entry == app::LockChange::Entry::image ? "base" : "file", change.name},
                   {"before", digest(change.before)},
                   {"after", digest(change.after)}};
  if (const auto& package = change.package; !package.name.empty())
    out.update({{"package", package.name},
                {"versionBefore", package.before},
                {"versionAfter", package.after},
                {"security", package.is_security}});
  return out;
}

void check_options(const CommandContext& command, const LockOptions& options) {
  if (!command.arguments().empty() && !options.update)
    throw Error(ErrorKind::usage, "`lapstrake lock` accepts names only with `--update`",
                cat("run `lapstrake lock --update ", command.arguments().front(), "`"));
  if (command.options().locked && (options.update || options.prune))
    throw Error(ErrorKind::usage, "`--locked` cannot be used with `--update` or `--prune`: it writes nothing",
                "remove `--locked` to write the lock");
  if (options.check && (options.update || options.prune || command.options().locked))
    throw Error(ErrorKind::usage,
                "`--check` cannot be used with `--update`, `--prune` or `--locked`: it writes nothing",
                "run `lapstrake lock --update NAME` to take what `lapstrake lock --check` lists");
}

int lock(CommandContext& command, const LockOptions& options) {
  check_options(command, options);
  const bool locked = command.options().locked || options.check;
  const auto project = command.unpinned_project();
  const auto context = command.context();
  const auto changes =
      locked ? app::lock_drift(context, project)
             : app::lock(context, project,
                         {.update = options.update, .names = command.arguments(), .prune = options.prune});
  ordered_json results = ordered_json::array();
  for (const auto& change : changes) {
    results.push_back(change_json(change, locked));
    command.print_line(line_of(change, locked));
  }
  command.clear();
  if (command.options().json) print_json(command.printer(), results);
  if (locked && !options.check && !changes.empty())
    throw Error(
        ErrorKind::integrity,
        cat("`", app::lock_file(project).string(), "` is not up to date: ", count_of(changes.size(), "difference")),
        "run `lapstrake lock --update --prune` to pin the current digests; until then builds use the locked digests");
  return 0;
}

}  // namespace

Command lock_command() {
  const auto options = std::make_shared<LockOptions>();
  return {
      .name = "lock",
      .summary = "pin bases and packages to their digests",
      .usage = "[--update [NAME...]] [--prune] [--check]",
      .examples = R"(  lapstrake lock                        # pin new bases and packages
  lapstrake lock --update               # pin every tag to its current digest
  lapstrake lock --update web debian:12-slim flask
  lapstrake lock --check                # list newer versions
  lapstrake lock --locked               # exit 6 if anything has moved
)",
      .description = R"(Resolves the base images and packages of the spec to digests, and writes the
digests to `lapstrake.lock` beside the spec; commit it with the spec. Builds
read the digests from this file and do not resolve tags; with the global option
`--locked` they fail if a digest is missing. Prints one line for each change:
`added NAME sha256:...`, `moved NAME sha256:... -> sha256:...`,
`removed NAME sha256:...`.

With `--check`, writes nothing and lists newer and missing entries; Debian
packages from a security suite are marked with `(security)`.

With `--locked`, writes nothing, lists the entries that are missing, have moved
or are superfluous, and exits 6 if there are any.
)",
      .arguments = {.most = any_number},
      .options =
          {flag("--update",
                "update the entries of the bases, images or packages NAME to the current digests (all if no NAME)",
                options->update),
           flag("--check", "list newer entries, and write nothing", options->check),
           flag("--prune", "remove entries that no environment of the spec uses", options->prune)},
      .needs_network = true,
      .needs_store = true,
      .run = [options](CommandContext& command) { return lock(command, *options); },
  };
}

}  // namespace lapstrake::cli
