// The command `lapstrake build --watch`.
#include <lapstrake/app/watch/watch.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "print.hpp"
#include "results.hpp"

namespace lapstrake::cli {

void watch(CommandContext& command, const std::vector<app::Output>& outputs) {
  const auto& options = command.options();
  const auto context = command.context();
  const auto read = [&] {
    command.clear();
    return command.project_unless_broken();
  };
  app::WatchSettings settings{.names = options.names, .outputs = outputs};
  if (options.push) settings.push = app::PushSettings{};
  app::watch(context, options.file, read, settings,
             {.built =
                  [&](const app::BuiltImage& image) {
                    command.clear();
                    if (options.json) print_json_line(command.printer(), json_of(image));
                    print_explanation(command, image);
                    command.print_line(cat(image.name, " ", image.root.digest.text()));
                  },
              .pushed =
                  [&](const app::PushedImage& image) {
                    command.clear();
                    if (options.json) print_json_line(command.printer(), json_of(image));
                    for (const auto& reference : image.references) command.print_line(reference.text());
                  },
              .failed =
                  [&](const Error& error) {
                    command.clear();
                    command.printer().error(error);
                  }});
}

}  // namespace lapstrake::cli
