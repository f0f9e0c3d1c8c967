// The command `lapstrake build --watch`.
#include <lapstrake/app/watch.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "print.hpp"
#include "results.hpp"

namespace lapstrake::cli {

void watch(Desk& desk, const std::vector<app::Output>& outputs) {
  const auto& options = desk.options();
  const auto context = desk.context();
  const auto read = [&] {
    desk.clear();
    return desk.project_unless_broken();
  };
  app::WatchSettings settings{.names = options.names, .outputs = outputs};
  if (options.push) settings.push = app::PushSettings{};
  app::watch(context, options.file, read, settings,
             {.built =
                  [&](const app::BuiltImage& image) {
                    desk.clear();
                    if (options.json) print_json_line(desk.printer(), json_of(image));
                    print_explanation(desk, image);
                    desk.print_line(cat(image.name, " ", image.root.digest.text()));
                  },
              .pushed =
                  [&](const app::PushedImage& image) {
                    desk.clear();
                    if (options.json) print_json_line(desk.printer(), json_of(image));
                    for (const auto& reference : image.references) desk.print_line(reference.text());
                  },
              .failed =
                  [&](const Error& error) {
                    desk.clear();
                    desk.printer().error(error);
                  }});
}

}  // namespace lapstrake::cli
