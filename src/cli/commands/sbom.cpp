// `lapstrake sbom`: prints the bill of materials of an image.
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/supply/bill.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>

#include "command.hpp"
#include "command_context.hpp"

namespace lapstrake::cli {
namespace {

int sbom(CommandContext& command, std::optional<app::BillFormat> format) {
  const auto& name = command.arguments().front();
  auto project = command.project_if_any(command.arguments());
  if (app::image_called(project ? &*project : nullptr, name) != nullptr) command.pin(*project);
  const auto text = app::bill_text(command.context(), project ? &*project : nullptr, name, format);
  command.clear();
  command.printer().json_result(text);
  return 0;
}

app::BillFormat parse_format(const std::string& value) {
  if (value == "spdx") return app::BillFormat::spdx;
  if (value == "cyclonedx") return app::BillFormat::cyclonedx;
  throw Error(ErrorKind::usage, cat("unknown format `", printable(value, 100), "`"), "use spdx or cyclonedx");
}

}  // namespace

Command sbom_command() {
  const auto format = std::make_shared<std::optional<app::BillFormat>>();
  return {
      .name = "sbom",
      .summary = "print the SBOM of an image as SPDX or CycloneDX",
      .usage = "IMAGE [--format FORMAT]",
      .examples = R"(  lapstrake sbom web                    # the last build in the store
  lapstrake sbom web --format cyclonedx --platform linux/arm64
  lapstrake sbom registry.example/team/web:1.4
)",
      .description = R"(Lists the packages of an image with their digests, licenses and reasons: those
of its base, of `deb:`, `pip:` and `npm:`, and fetched files. IMAGE is the name
of an image in the spec, which must have been built, or host/repo:tag, for the
SBOM that is attached to it. The SBOM of an index has the packages of all its
platforms. `sbom: true` in the spec attaches both formats when the image is
pushed.
)",
      .arguments = {.least = 1, .most = 1, .rule = "needs exactly one argument: the image"},
      .options = {{.names = "--format",
                   .value = "FORMAT",
                   .text = "spdx (SPDX 2.3, the default) or cyclonedx (CycloneDX 1.6)",
                   .assign = [format](const std::string& value) { *format = parse_format(value); },
                   .choices = {"spdx", "cyclonedx"}}},
      .needs_store = true,
      .run = [format](CommandContext& command) { return sbom(command, *format); },
  };
}

}  // namespace lapstrake::cli
