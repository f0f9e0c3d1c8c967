#include "commands.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <lapstrake/app/build/build.hpp>
#include <lapstrake/app/check/check.hpp>
#include <lapstrake/app/publish/push.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/versions.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/spec/read.hpp>
#include <lapstrake/spec/schema.hpp>
#include <nlohmann/json.hpp>

#include "command_context.hpp"
#include "explanation.hpp"
#include "help.hpp"
#include "print.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

app::Output output_of(const std::string& text) { return {.where = oci::parse_disk_reference(text)}; }

// Runs `act`; prints the results as JSON even if it fails halfway.
template <class Act>
void reporting(CommandContext& command, const ordered_json& results, Act act) {
  try {
    act();
  } catch (...) {
    command.clear();
    if (command.options().json) print_json(command.printer(), results);
    throw;
  }
  command.clear();
  if (command.options().json) print_json(command.printer(), results);
}

int build(CommandContext& command) {
  std::vector<app::Output> outputs;
  for (const auto& output : command.options().outputs) outputs.push_back(output_of(output));
  if (command.options().watch) watch(command, outputs);
  const auto project = command.project();
  ordered_json results = ordered_json::array();
  reporting(command, results, [&] {
    app::build(command.context(), project, command.options().names, outputs, [&](const app::BuiltImage& image) {
      results.push_back(json_of(image));
      print_explanation(command, image);
      command.print_line(cat(image.name, " ", image.root.digest.text()));
    });
  });
  return 0;
}

int plan(CommandContext& command) {
  const auto project = command.project();
  ordered_json results = ordered_json::array();
  reporting(command, results, [&] {
    app::build(command.context(), project, command.options().names, {}, [&](const app::BuiltImage& image) {
      ordered_json one{{"name", image.name}, {"digest", image.root.digest.text()}};
      one.update(explanation_json(image));
      results.push_back(one);
      command.print_line(explanation(image));
    });
  });
  return 0;
}

int push(CommandContext& command) {
  const auto project = command.project();
  ordered_json results = ordered_json::array();
  reporting(command, results, [&] {
    app::push(command.context(), project, command.options().names,
              {.create_repository = command.options().create_repository}, [&](const app::PushedImage& image) {
                results.push_back(json_of(image));
                for (const auto& reference : image.references) command.print_line(reference.text());
              });
  });
  return 0;
}

int register_tasks(CommandContext& command) {
  const auto& options = command.options();
  const auto project = command.project();
  const auto context = command.context();
  command.printer().diagnostics(app::check_tasks(context, project, options.names), !options.quiet);
  ordered_json results{{"images", ordered_json::array()}, {"tasks", ordered_json::array()}};
  reporting(command, results, [&] {
    const auto registration =
        app::register_tasks(context, project, options.names,
                            {.push = {.create_repository = options.create_repository}, .dry_run = options.dry_run},
                            [&](const app::RegisteredTask& task) {
                              results["tasks"].push_back(json_of(task, options.dry_run));
                              command.print_line(line_of(task, options.dry_run));
                            });
    for (const auto& image : registration.images) results["images"].push_back(json_of(image));
  });
  return 0;
}

int check(CommandContext& command) {
  const auto result = command.read();
  auto diagnostics = result.diagnostics;
  if (auto project = result.project) {
    command.pin(*project);
    for (auto& one : app::check(command.context(), *project)) diagnostics.push_back(std::move(one));
  }
  command.clear();
  if (command.options().json) {
    ordered_json list = ordered_json::array();
    for (const auto& one : diagnostics) list.push_back(json_of(one));
    print_json(command.printer(), list);
  } else {
    for (const auto& one : diagnostics)
      if (!command.options().quiet || one.severity == spec::Diagnostic::Severity::error)
        command.printer().result(spec::report(one));
  }
  const bool wrong = std::any_of(diagnostics.begin(), diagnostics.end(),
                                 [](const auto& one) { return one.severity == spec::Diagnostic::Severity::error; });
  if (wrong) throw command.mistakes(diagnostics);
  return 0;
}

int store_check(CommandContext& command) {
  const auto context = command.context();
  const auto report = store::Store::open(context.store_root).check(context.runtime.stop);
  if (command.options().json)
    print_json(command.printer(), ordered_json{{"blobs", report.blobs},
                                               {"bytes", report.bytes},
                                               {"elsewhere", report.in_registries},
                                               {"problems", report.problems}});
  else
    for (const auto& problem : report.problems) command.printer().result(problem + "\n");
  if (report.problems.empty()) {
    if (!command.options().quiet)
      command.printer().message(
          cat("no problems found: ", count_of(report.blobs, "blob"), ", ", human_size(report.bytes),
              report.in_registries > 0 ? cat("; ", count_of(report.in_registries, "base layer"), " only in registries")
                                       : "",
              "\n"));
    return 0;
  }
  throw Error(
      ErrorKind::integrity,
      cat(count_of(report.problems.size(), "problem"), " found in the store `", context.store_root.string(), "`"),
      "delete the files of damaged blobs, then run `lapstrake build` to recreate missing blobs");
}

int store_gc(CommandContext& command) {
  const auto context = command.context();
  const auto report = store::Store::gc(context.store_root, context.runtime);
  if (command.options().json)
    print_json(command.printer(),
               {{"removed", report.removed}, {"freedBytes", report.freed_bytes}, {"kept", report.kept}});
  else
    command.printer().result(cat("removed ", count_of(report.removed, "blob"), " (", human_size(report.freed_bytes),
                                 "), kept ", report.kept, "\n"));
  return 0;
}

int store_path(CommandContext& command) {
  const auto root = command.store_root().string();
  if (command.options().json)
    print_json(command.printer(), ordered_json{{"path", root}});
  else
    command.printer().result(root + "\n");
  return 0;
}

int version(CommandContext& command) {
  const auto libraries = http::library_versions();
  if (command.options().json)
    print_json(command.printer(),
               {{"version", LAPSTRAKE_VERSION}, {"byteFormat", layers::byte_format()}, {"libraries", libraries}});
  else
    command.printer().result(
        cat("lapstrake ", LAPSTRAKE_VERSION, "\nbyte format ", layers::byte_format(), "\n", libraries, "\n"));
  return 0;
}

int help(const Printer& printer, const std::string& command) {
  if (command.empty()) {
    printer.result(overview());
    return 0;
  }
  if (const auto* found = find_command(command)) {
    printer.result(cat(found->help, "\nRun `lapstrake --help` to see the global options.\n"));
    return 0;
  }
  std::vector<std::string> names;
  for (const auto& one : commands()) names.push_back(one.name);
  const auto near = nearest(command, names);
  throw Error(ErrorKind::usage, cat("unknown command `", command, "`"),
              near ? cat("did you mean `lapstrake help ", *near, "`?") : "run `lapstrake --help` to see the commands");
}

using Run = int (*)(CommandContext&);

Run runner(const std::string& wanted) {
  static constexpr struct {
    std::string_view name;
    Run run;
  } table[] = {
      {"build", build},
      {"plan", plan},
      {"push", push},
      {"register", register_tasks},
      {"check", check},
      {"inspect", inspect},
      {"copy", copy},
      {"lock", lock},
      {"vendor", vendor},
      {"verify", verify},
      {"diff", diff},
      {"version", version},
      {"store check", store_check},
      {"store gc", store_gc},
      {"store path", store_path},
      {"schema", [](CommandContext& command) { return command.printer().result(spec::json_schema()), 0; }},
  };
  for (const auto& [name, run] : table)
    if (name == wanted) return run;
  return nullptr;
}

}  // namespace

void print_explanation(CommandContext& command, const app::BuiltImage& image) {
  if (!command.options().explain || command.options().json) return;
  command.clear();
  command.printer().message(explanation(image) + "\n");
}

int run(const Options& options, const Runtime& runtime) {
  const Printer printer(runtime);
  if (options.help || options.command == "help")
    return help(printer, options.command == "help" ? join(options.names, " ") : options.command);
  if (options.command.empty()) {
    printer.message(overview());
    return static_cast<int>(ErrorKind::usage);
  }
  if (options.command == "store")
    throw Error(ErrorKind::usage, "`lapstrake store` needs a command: check, gc or path",
                "for example `lapstrake store check`");
  if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0)
    throw Error(ErrorKind::input, cat("cannot change to folder `", options.folder, "`: ", reason(errno)));
  if (options.command == "sandbox") return run_sandbox(options, runtime);
  CommandContext command(options, runtime);
  return runner(options.command)(command);
}

}  // namespace lapstrake::cli
