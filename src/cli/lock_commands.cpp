// Commands that pin bases (lock) and copy them to hosts without a network (vendor).
#include <lapstrake/app/pin/lock.hpp>
#include <lapstrake/app/pin/vendor.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

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
  std::string line = cat(word(change.kind, locked), " ", change.base);
  if (change.before) line += cat(" ", change.before->text());
  if (change.before && change.after) line += " ->";
  if (change.after) line += cat(" ", change.after->text());
  return line;
}

ordered_json change_json(const app::LockChange& change, bool locked) {
  const auto digest = [](const std::optional<oci::Digest>& one) {
    return one ? ordered_json(one->text()) : ordered_json();
  };
  return {{"change", word(change.kind, locked)},
          {"base", change.base},
          {"before", digest(change.before)},
          {"after", digest(change.after)}};
}

}  // namespace

int lock(CommandContext& command) {
  const auto& options = command.options();
  if (options.locked && (options.update || options.prune))
    throw Error(ErrorKind::usage, "`--locked` cannot be used with `--update` or `--prune`: it writes nothing",
                "remove `--locked` to write the lock");
  const auto project = command.unpinned_project();
  const auto context = command.context();
  const auto changes =
      options.locked
          ? app::lock_drift(context, project)
          : app::lock(context, project, {.update = options.update, .names = options.names, .prune = options.prune});
  ordered_json results = ordered_json::array();
  for (const auto& change : changes) {
    results.push_back(change_json(change, options.locked));
    command.print_line(line_of(change, options.locked));
  }
  command.clear();
  if (options.json) print_json(command.printer(), results);
  if (options.locked && !changes.empty())
    throw Error(
        ErrorKind::integrity,
        cat("`", app::lock_file(project).string(), "` is not up to date: ", count_of(changes.size(), "difference")),
        "run `lapstrake lock --update --prune` to pin the current digests; until then builds use the locked digests");
  return 0;
}

int vendor(CommandContext& command) {
  const auto& options = command.options();
  const auto project = command.unpinned_project();
  const auto folder = options.names.empty() ? command.vendor_folder() : std::filesystem::path(options.names.front());
  ordered_json results = ordered_json::array();
  app::vendor(command.context(), project, folder, [&](const app::VendoredBase& base) {
    results.push_back({{"name", base.name},
                       {"digest", base.digest.text()},
                       {"blobsFetched", base.blobs_fetched},
                       {"bytesFetched", base.bytes_fetched},
                       {"blobsPresent", base.blobs_present}});
    command.print_line(base.name.find('@') == std::string::npos ? cat(base.name, "@", base.digest.text()) : base.name);
  });
  command.clear();
  if (options.json) print_json(command.printer(), results);
  return 0;
}

}  // namespace lapstrake::cli
