// `lapstrake vendor`: copies the bases of the spec to a folder.
#include <lapstrake/app/pin/vendor.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

int vendor(CommandContext& command) {
  const auto project = command.unpinned_project();
  const auto& arguments = command.arguments();
  const auto folder = arguments.empty() ? command.vendor_folder() : std::filesystem::path(arguments.front());
  auto results = nlohmann::ordered_json::array();
  app::vendor(command.context(CommandContext::NamedFolder::may_be_missing), project, folder,
              [&](const app::VendoredBase& base) {
                results.push_back({{"name", base.name},
                                   {"digest", base.digest.text()},
                                   {"blobsFetched", base.blobs_fetched},
                                   {"bytesFetched", base.bytes_fetched},
                                   {"blobsPresent", base.blobs_present}});
                const bool has_digest = base.name.find('@') != std::string::npos;
                command.print_line(has_digest ? base.name : cat(base.name, "@", base.digest.text()));
              });
  command.clear();
  if (command.options().json) print_json(command.printer(), results);
  return 0;
}

}  // namespace

Command vendor_command() {
  return {
      .name = "vendor",
      .summary = "copy bases and packages to a folder, for hosts without a network",
      .usage = "[DIR]",
      .examples = R"(  lapstrake vendor
  lapstrake vendor /media/stick/bases --platform linux/arm64
  lapstrake build --offline --locked    # later, on the other host
)",
      .description = R"(Copies every base image that comes from a registry, and the archives of all
packages, into DIR (default: lapstrake-vendor beside the spec), an OCI layout,
for the platforms of the images, and adds missing entries to `lapstrake.lock`.
Blobs that are in DIR are not downloaded again. Builds and pushes read bases and
packages from this folder instead of the registries; use the global option
`--vendored DIR` for a different folder. Prints one line `NAME@sha256:...` per
base, and `packages@sha256:...` if there are packages.
)",
      .arguments = {.most = 1, .rule = "accepts at most one folder"},
      .needs_network = true,
      .needs_store = true,
      .run = vendor,
  };
}

}  // namespace lapstrake::cli
