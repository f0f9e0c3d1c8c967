// `lapstrake copy`: copies an image between registries, layouts and archives.
#include <lapstrake/app/publish/copy.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"
#include "shared_options.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

int copy(CommandContext& command, bool create_repository) {
  const auto &from = command.arguments().front(), &to = command.arguments().back();
  const auto target = oci::parse_reference(to);
  const auto project = command.project_if_any({from});
  const auto copied = app::copy(command.context(), project ? &*project : nullptr, from, target,
                                {.create_repository = create_repository});
  command.clear();
  if (command.options().json)
    print_json(command.printer(),
               {{"source", from},
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

}  // namespace

Command copy_command() {
  const auto create_repository = std::make_shared<bool>(false);
  return {
      .name = "copy",
      .summary = "copy an image between registries, layouts and archives",
      .usage = "SRC DST",
      .examples = R"(  lapstrake copy registry.example/team/web:1.4 oci:web:1.4
  lapstrake copy oci-archive:web.tar registry.example/team/web:1.4
  lapstrake copy staging.example/web@sha256:... prod.example/web:1.4
  lapstrake copy web docker-archive:web.tar --platform linux/arm64
)",
      .description = R"(SRC and DST are host/repo:tag, host/repo@sha256:..., oci:DIR[:TAG],
oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME:TAG]; SRC may also be the
name of an image in the spec, read from the store.

Copies manifests byte for byte, so the digest stays the same; an index is copied
with all platforms, nested indexes and attestations. With the global option
`--platform`, copies only the manifest of that platform, which has a different
digest. Does not send blobs that DST already has. Prints `DST@sha256:...`. If
DST names a digest and the image has a different one, nothing is sent and the
exit code is 6.
)",
      .arguments = {.least = 2, .most = 2, .rule = "needs exactly two arguments: SRC and DST"},
      .options = {create_repository_option(*create_repository)},
      .needs_store = true,
      .run = [create_repository](CommandContext& command) { return copy(command, *create_repository); },
  };
}

}  // namespace lapstrake::cli
