// `lapstrake build`: builds images into the store, once or whenever a source changes.
#include <lapstrake/app/build/build.hpp>
#include <lapstrake/app/watch/watch.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "plan_report.hpp"
#include "results.hpp"
#include "shared_options.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

struct BuildOptions {
  std::vector<std::string> outputs{};
  bool explain = false, watch = false, push = false;
  CacheOptions cache{};
};

void check_options(CommandContext& command, const BuildOptions& options) {
  if (!options.push) return;
  if (!options.watch)
    throw Error(ErrorKind::usage, "`lapstrake build --push` needs `--watch`",
                "run `lapstrake push` to build and push once");
  if (options.explain)
    throw Error(ErrorKind::usage, "`--explain` cannot be used with `--push`",
                "remove `--push` to see why digests change");
  if (command.options().offline) CommandContext::refuse_offline("--push");
}

void print_built(CommandContext& command, const BuildOptions& options, const app::BuiltImage& image) {
  if (options.explain && !command.options().json) {
    command.clear();
    command.printer().message(plan_report(image) + "\n");
  }
  command.print_line(cat(image.name, " ", image.root.digest.text()));
}

[[noreturn]] void watch(CommandContext& command, const BuildOptions& options, const app::Context& context,
                        const std::vector<app::Output>& outputs) {
  const bool json = command.options().json;
  const auto read = [&] {
    command.clear();
    return command.project_unless_broken();
  };
  app::WatchSettings settings{.names = command.arguments(), .outputs = outputs};
  if (options.push) settings.push = app::PushSettings{};
  app::watch(context, command.options().file, read, settings,
             {.built =
                  [&](const app::BuiltImage& image) {
                    command.clear();
                    if (json) print_json_line(command.printer(), json_of(image));
                    print_built(command, options, image);
                  },
              .pushed =
                  [&](const app::PushedImage& image) {
                    command.clear();
                    if (json) print_json_line(command.printer(), json_of(image));
                    for (const auto& reference : image.references) command.print_line(reference.text());
                  },
              .failed =
                  [&](const Error& error) {
                    command.clear();
                    command.printer().error(error);
                  }});
}

int build(CommandContext& command, const BuildOptions& options) {
  check_options(command, options);
  std::vector<app::Output> outputs;
  for (const auto& output : options.outputs) outputs.push_back({.where = oci::parse_disk_reference(output)});
  const auto project = options.watch ? std::nullopt : std::optional(command.project());
  auto context = command.context();
  context.build.explain = options.explain;
  options.cache.apply(command, context);
  if (options.watch) watch(command, options, context, outputs);
  ordered_json results = ordered_json::array();
  print_results(command, results, [&] {
    app::build(context, *project, command.arguments(), outputs, [&](const app::BuiltImage& image) {
      results.push_back(json_of(image));
      print_built(command, options, image);
    });
  });
  return 0;
}

}  // namespace

Command build_command() {
  const auto options = std::make_shared<BuildOptions>();
  return {
      .name = "build",
      .summary = "build images into the local store",
      .usage = "[IMAGE...] [-o TYPE:PATH[:TAG]] [--explain]\n                       [--watch [--push]]",
      .examples = R"(  lapstrake build                       # all images of lapstrake.yaml
  lapstrake build web -o oci:out:v1     # one image, also as an OCI layout
  lapstrake build web -o docker-archive:web.tar
  lapstrake build --watch               # rebuild whenever a file changes
  lapstrake build --explain             # also explain why digests changed
)",
      .description = R"(Builds the named images (all images if no name is given) and prints one line
`NAME sha256:...` for each. The same inputs give the same digest on every
machine, for every user, on every day.
)",
      .arguments = {.most = any_number},
      .options =
          joined({list("-o,--output", "TYPE:PATH[:TAG]",
                       "also write the image as oci:DIR, oci-archive:FILE or docker-archive:FILE; may be "
                       "repeated",
                       options->outputs),
                  flag("--explain", "explain on stderr what changed since the last build, and why", options->explain),
                  flag("--watch",
                       "keep running: rebuild the affected images when a source, a base or the spec changes, "
                       "and print a line for each new digest",
                       options->watch),
                  flag("--push", "with --watch: push each new digest, and print the same lines as `lapstrake push`",
                       options->push)},
                 options->cache.list()),
      .needs_store = true,
      .run = [options](CommandContext& command) { return build(command, *options); },
  };
}

}  // namespace lapstrake::cli
