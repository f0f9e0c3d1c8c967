// `lapstrake vendor`: copies the bases of the spec to a folder, and this folder to a registry and back.
#include <lapstrake/app/pin/vendor.hpp>
#include <lapstrake/app/publish/vendor_artifact.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"
#include "shared_options.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

struct VendorOptions {
  std::optional<std::string> to{}, from{};
  bool create_repository = false;
};

void check_options(const VendorOptions& options) {
  if (options.to && options.from)
    throw Error(ErrorKind::usage, "`--to` and `--from` cannot be used together",
                "use `--to` on the host with a network, and `--from` on the other one");
  if (options.create_repository && !options.to) throw Error(ErrorKind::usage, "`--create-repository` needs `--to`");
}

std::filesystem::path folder_of(const CommandContext& command) {
  const auto& arguments = command.arguments();
  return arguments.empty() ? command.vendor_folder() : std::filesystem::path(arguments.front());
}

void vendor_bases(CommandContext& command, const spec::Project& project, ordered_json& results) {
  app::vendor(command.context(CommandContext::NamedFolder::may_be_missing), project, folder_of(command),
              [&](const app::VendoredBase& base) {
                results.push_back({{"name", base.name},
                                   {"digest", base.digest.text()},
                                   {"blobsFetched", base.blobs_fetched},
                                   {"bytesFetched", base.bytes_fetched},
                                   {"blobsPresent", base.blobs_present}});
                const bool has_digest = base.name.find('@') != std::string::npos;
                command.print_line(has_digest ? base.name : cat(base.name, "@", base.digest.text()));
              });
}

void push(CommandContext& command, const spec::Project& project, const oci::RegistryReference& to,
          const VendorOptions& options, ordered_json& results) {
  const auto pushed = app::push_vendored(command.context(CommandContext::NamedFolder::may_be_missing), &project,
                                         folder_of(command), to, {.create_repository = options.create_repository});
  results.push_back({{"name", pushed.reference},
                     {"digest", pushed.digest.text()},
                     {"blobsSent", pushed.blobs_moved},
                     {"bytesSent", pushed.bytes_moved},
                     {"blobsPresent", pushed.blobs_present}});
  command.print_line(pushed.reference);
}

void pull(CommandContext& command, const std::string& from, ordered_json& results) {
  const auto project = command.project_if_any({from});
  const auto pulled = app::pull_vendored(command.context(CommandContext::NamedFolder::may_be_missing),
                                         project ? &*project : nullptr, from, folder_of(command));
  results.push_back({{"name", pulled.reference},
                     {"digest", pulled.digest.text()},
                     {"contents", pulled.names},
                     {"blobsFetched", pulled.blobs_moved},
                     {"bytesFetched", pulled.bytes_moved},
                     {"blobsPresent", pulled.blobs_present}});
  for (const auto& name : pulled.names) command.print_line(name);
}

int vendor(CommandContext& command, const VendorOptions& options) {
  check_options(options);
  auto results = ordered_json::array();
  if (options.from) {
    pull(command, *options.from, results);
  } else {
    const auto to = options.to ? std::optional(oci::parse_registry_reference(*options.to)) : std::nullopt;
    const auto project = command.unpinned_project();
    vendor_bases(command, project, results);
    if (to) push(command, project, *to, options, results);
  }
  command.clear();
  if (command.options().json) print_json(command.printer(), results);
  return 0;
}

std::vector<Option> options_of(VendorOptions& options) {
  return {option("--to", "HOST/REPO[:TAG]", "then push the folder to a registry, as one artifact (default tag: vendor)",
                 options.to),
          option("--from", "HOST/REPO[:TAG]",
                 "copy the folder from such an artifact, instead of the registries of the "
                 "bases",
                 options.from),
          create_repository_option(options.create_repository)};
}

}  // namespace

Command vendor_command() {
  const auto options = std::make_shared<VendorOptions>();
  return {
      .name = "vendor",
      .summary = "copy bases and packages to a folder, for hosts without a network",
      .usage = "[--to HOST/REPO[:TAG]|--from HOST/REPO[:TAG]] [DIR]",
      .examples = R"(  lapstrake vendor
  lapstrake vendor /media/stick/bases --platform linux/arm64
  lapstrake build --offline --locked    # later, on the other host
  lapstrake vendor --to registry.example/team/web
  lapstrake vendor --from registry.example/team/web:vendor
)",
      .description = R"(Copies every base image that comes from a registry, and the archives of all
packages, into DIR (default: lapstrake-vendor beside the spec), an OCI layout,
for the platforms of the images, and adds missing entries to `lapstrake.lock`.
Blobs that are in DIR are not downloaded again. Builds and pushes read bases and
packages from this folder instead of the registries; use the global option
`--vendored DIR` for a different folder. Prints one line `NAME@sha256:...` per
base, and `packages@sha256:...` if there are packages.

With `--to`, then pushes all that DIR lists to a registry as one artifact, and
prints `HOST/REPO:TAG@sha256:...`. With `--from`, copies such an artifact into
DIR; this verifies every blob and contacts no other registry.
)",
      .arguments = {.most = 1, .rule = "accepts at most one folder"},
      .options = options_of(*options),
      .needs_network = true,
      .needs_store = true,
      .run = [options](CommandContext& command) { return vendor(command, *options); },
  };
}

}  // namespace lapstrake::cli
