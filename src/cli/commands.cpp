#include "commands.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <lapstrake/app/build.hpp>
#include <lapstrake/app/check.hpp>
#include <lapstrake/app/inspect.hpp>
#include <lapstrake/app/push.hpp>
#include <lapstrake/app/register.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/versions.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/spec/read.hpp>
#include <nlohmann/json.hpp>

#include "help.hpp"
#include "print.hpp"
#include "progress.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

std::pair<std::string, std::string> name_and_value(const std::string& text, std::string_view option) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw Error(Fault::usage, cat("`", option, " ", text, "` is not of the form NAME=VALUE"));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::int64_t source_date_epoch(const Environment& environment) {
  const auto text = environment("SOURCE_DATE_EPOCH");
  if (!text) return 0;
  const auto seconds = parse_integer(*text);
  // 33 bits hold what a tar header and RFC 3339's four-digit years both can.
  if (!seconds || *seconds < 0 || *seconds > 0x1'ffff'ffff)
    throw Error(Fault::usage,
                cat("SOURCE_DATE_EPOCH is `", printable(*text, 80), "`, which is no number of seconds since 1970"),
                "unset it, or set it to e.g. $(git log -1 --format=%ct)");
  return *seconds;
}

void print_json(const ordered_json& value) { print_result(pretty_json(value) + "\n"); }

ordered_json json_of(const spec::Diagnostic& diagnostic) {
  return {{"severity", diagnostic.severity == spec::Diagnostic::Severity::error ? "error" : "warning"},
          {"file", diagnostic.where.file},
          {"line", diagnostic.where.line},
          {"column", diagnostic.where.column},
          {"message", diagnostic.message},
          {"hint", diagnostic.hint},
          {"help", diagnostic.help}};
}

ordered_json json_of(const app::PushedImage& image) {
  ordered_json references = ordered_json::array();
  for (const auto& reference : image.references) references.push_back(reference.text());
  return {{"name", image.name},
          {"digest", image.references.front().digest.text()},
          {"references", references},
          {"blobsSent", image.blobs_sent},
          {"bytesSent", image.bytes_sent},
          {"blobsPresent", image.blobs_present}};
}

// What a command works with: made once from the options.
class Desk {
 public:
  Desk(const Options& options, const World& world)
      : options_(options),
        world_(world),
        colours_(colours_wanted(world.environment)),
        view_({.style = style_for(options.progress, options.quiet, stderr_is_terminal(), world.environment),
               .warnings = !options.quiet,
               .columns = stderr_columns(),
               .clock = world.clock,
               .write = print_talk}) {}
  ~Desk() { view_.close(); }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  app::Context context() {
    app::Context context{.world = world_, .store_root = store_root()};
    context.jobs = options_.jobs == 0 ? default_jobs() : options_.jobs;
    context.allow_outside = options_.allow_outside;
    context.no_cache = options_.no_cache;
    context.epoch = source_date_epoch(world_.environment);
    context.profile = options_.profile;
    context.region = options_.region;
    context.progress = [this](const app::Event& event) { view_(event); };
    if (options_.verbose > 0)
      context.log = [this](const std::string& line) { view_.say(cat("  ", printable(line, 4096))); };
    for (const auto& text : options_.platform) {
      const auto platform = oci::Platform::parse(text);
      if (std::find(context.platforms.begin(), context.platforms.end(), platform) != context.platforms.end())
        throw Error(Fault::usage, cat("`--platform ", text, "` stands twice"));
      context.platforms.push_back(platform);
    }
    for (const auto& given : options_.image) {
      const auto [name, reference] = name_and_value(given, "--image");
      if (!context.given_images.emplace(name, oci::parse_reference(reference)).second)
        throw Error(Fault::usage, cat("`--image ", name, "=...` stands twice"));
    }
    return context;
  }

  spec::ReadResult read() const {
    spec::ReadOptions read;
    read.file = options_.file;
    read.environment = options_.environment;
    read.allow_outside = options_.allow_outside;
    for (const auto& set : options_.set) read.set.insert(name_and_value(set, "--set"));
    read.environment_variables = world_.environment;
    if (options_.file.empty()) throw Error(Fault::usage, "`--file` names no file");
    std::error_code ignored;
    const auto folder = std::filesystem::absolute(read.file, ignored).parent_path();
    read.git_commit = [folder] { return spec::git_commit(folder); };
    return spec::read(read);
  }

  // The project, its warnings printed; its mistakes are printed and end the command.
  spec::Project project() const {
    auto result = read();
    print_diagnostics(result.diagnostics, colours_, !options_.quiet);
    if (!result.project) throw mistakes(result.diagnostics);
    for (const auto& given : options_.image)
      app::choose_images(*result.project, {name_and_value(given, "--image").first});
    return std::move(*result.project);
  }

  Error mistakes(const std::vector<spec::Diagnostic>& diagnostics) const {
    const auto count = std::count_if(diagnostics.begin(), diagnostics.end(),
                                     [](const auto& one) { return one.severity == spec::Diagnostic::Severity::error; });
    return Error(Fault::usage,
                 cat(count_of(static_cast<std::uint64_t>(count), "mistake"), " in `", options_.file, "`"));
  }

  // Empty when it cannot be told, for the commands that can do without.
  std::filesystem::path store_root() const {
    try {
      return store::default_root(options_.store, world_.environment);
    } catch (const Error&) {
      if (options_.command != "check" && options_.command != "inspect") throw;
      return {};
    }
  }

  const Options& options() const { return options_; }
  bool colours() const { return colours_; }
  void clear() { view_.close(); }
  // A result for people; with --json it comes with the others.
  void print_line(const std::string& line) {
    if (options_.json) return;
    clear();
    print_result(line + "\n");
  }

 private:
  const Options& options_;
  const World& world_;
  bool colours_;
  ProgressView view_;
};

app::Output output_of(const std::string& text) { return {.where = oci::parse_disk_reference(text)}; }

// Runs `act`; what was done before a failure is told all the same.
template <class Act>
void telling(Desk& desk, const ordered_json& results, Act act) {
  try {
    act();
  } catch (...) {
    desk.clear();
    if (desk.options().json) print_json(results);
    throw;
  }
  desk.clear();
  if (desk.options().json) print_json(results);
}

ordered_json json_of(const app::BuiltImage& image) {
  ordered_json platforms = ordered_json::array();
  for (const auto& manifest : image.manifests)
    platforms.push_back(
        {{"platform", manifest.platform ? manifest.platform->text() : ""}, {"digest", manifest.digest.text()}});
  return {{"name", image.name},
          {"digest", image.root.digest.text()},
          {"mediaType", image.root.media_type},
          {"platforms", platforms}};
}

int build(Desk& desk) {
  std::vector<app::Output> outputs;
  for (const auto& output : desk.options().outputs) outputs.push_back(output_of(output));
  const auto project = desk.project();
  ordered_json results = ordered_json::array();
  telling(desk, results, [&] {
    app::build(desk.context(), project, desk.options().names, outputs, [&](const app::BuiltImage& image) {
      results.push_back(json_of(image));
      desk.print_line(cat(image.name, " ", image.root.digest.text()));
    });
  });
  return 0;
}

int push(Desk& desk) {
  const auto project = desk.project();
  ordered_json results = ordered_json::array();
  telling(desk, results, [&] {
    app::push(desk.context(), project, desk.options().names, {.create_repository = desk.options().create_repository},
              [&](const app::PushedImage& image) {
                results.push_back(json_of(image));
                for (const auto& reference : image.references) desk.print_line(reference.text());
              });
  });
  return 0;
}

ordered_json json_of(const app::RegisteredTask& task, bool dry_run) {
  ordered_json one{{"name", task.name}, {"family", task.family}, {"arn", task.arn}, {"registered", task.is_new}};
  if (dry_run) one["diff"] = task.diff;
  return one;
}

std::string line_of(const app::RegisteredTask& task, bool dry_run) {
  if (!dry_run) return task.arn;
  return task.diff.empty() ? cat("task `", task.name, "`: nothing would change, ", task.arn, " stands")
                           : task.diff.substr(0, task.diff.find_last_not_of('\n') + 1);
}

int register_tasks(Desk& desk) {
  const auto& options = desk.options();
  const auto project = desk.project();
  const auto context = desk.context();
  print_diagnostics(app::check_tasks(context, project, options.names), desk.colours(), !options.quiet);
  ordered_json results{{"images", ordered_json::array()}, {"tasks", ordered_json::array()}};
  telling(desk, results, [&] {
    const auto registration =
        app::register_tasks(context, project, options.names,
                            {.push = {.create_repository = options.create_repository}, .dry_run = options.dry_run},
                            [&](const app::RegisteredTask& task) {
                              results["tasks"].push_back(json_of(task, options.dry_run));
                              desk.print_line(line_of(task, options.dry_run));
                            });
    for (const auto& image : registration.images) results["images"].push_back(json_of(image));
  });
  return 0;
}

int check(Desk& desk) {
  const auto result = desk.read();
  auto diagnostics = result.diagnostics;
  if (result.project)
    for (auto& one : app::check(desk.context(), *result.project)) diagnostics.push_back(std::move(one));
  desk.clear();
  if (desk.options().json) {
    ordered_json list = ordered_json::array();
    for (const auto& one : diagnostics) list.push_back(json_of(one));
    print_json(list);
  } else {
    for (const auto& one : diagnostics)
      if (!desk.options().quiet || one.severity == spec::Diagnostic::Severity::error) print_result(spec::report(one));
  }
  const bool wrong = std::any_of(diagnostics.begin(), diagnostics.end(),
                                 [](const auto& one) { return one.severity == spec::Diagnostic::Severity::error; });
  if (wrong) throw desk.mistakes(diagnostics);
  return 0;
}

int inspect(Desk& desk) {
  const auto& options = desk.options();
  if (options.names.size() != 1)
    throw Error(Fault::usage, "`lapstrake inspect` takes one image", "`lapstrake inspect --help` shows the forms");
  std::optional<spec::Project> project;
  // A spec is of help (names, registries) but need not be there.
  std::error_code ignored;
  if (std::filesystem::exists(options.file, ignored)) {
    auto result = desk.read();
    if (!result.project && options.names.front().find_first_of("/:@") == std::string::npos) {
      print_diagnostics(result.diagnostics, desk.colours(), !options.quiet);  // a name of the spec is meant
      throw desk.mistakes(result.diagnostics);
    }
    project = std::move(result.project);
  }
  const auto inspection =
      app::inspect(desk.context(), project ? &*project : nullptr, options.names.front(), options.files);
  desk.clear();
  print_result(options.json ? app::report_json(inspection) : app::report(inspection));
  return 0;
}

int store_check(Desk& desk) {
  const auto context = desk.context();
  const auto report = store::Store::open(context.store_root).check(context.world.stop);
  if (desk.options().json)
    print_json(ordered_json{{"blobs", report.blobs}, {"bytes", report.bytes}, {"problems", report.problems}});
  else
    for (const auto& problem : report.problems) print_result(problem + "\n");
  if (report.problems.empty()) {
    if (!desk.options().quiet)
      print_talk(cat("all well: ", count_of(report.blobs, "blob"), ", ", human_size(report.bytes), "\n"));
    return 0;
  }
  throw Error(Fault::integrity,
              cat(count_of(report.problems.size(), "problem"), " in the store `", context.store_root.string(), "`"),
              "`lapstrake build` makes what is missing anew; remove a damaged blob's file first");
}

int store_gc(Desk& desk) {
  const auto context = desk.context();
  const auto report = store::Store::gc(context.store_root, context.world);
  if (desk.options().json)
    print_json({{"removed", report.removed}, {"freedBytes", report.freed_bytes}, {"kept", report.kept}});
  else
    print_result(cat("removed ", count_of(report.removed, "blob"), " (", human_size(report.freed_bytes), "), kept ",
                     report.kept, "\n"));
  return 0;
}

int store_path(Desk& desk) {
  const auto root = desk.store_root().string();
  if (desk.options().json)
    print_json(ordered_json{{"path", root}});
  else
    print_result(root + "\n");
  return 0;
}

int version(Desk& desk) {
  const auto libraries = http::library_versions();
  if (desk.options().json)
    print_json({{"version", LAPSTRAKE_VERSION}, {"byteFormat", layers::byte_format()}, {"libraries", libraries}});
  else
    print_result(cat("lapstrake ", LAPSTRAKE_VERSION, "\nbyte format ", layers::byte_format(), "\n", libraries, "\n"));
  return 0;
}

int help(const std::string& command) {
  if (command.empty()) {
    print_result(overview());
    return 0;
  }
  if (const auto* found = find_command(command)) {
    print_result(cat(found->help, "\n`lapstrake --help` lists the global options.\n"));
    return 0;
  }
  std::vector<std::string> names;
  for (const auto& one : commands()) names.push_back(one.name);
  const auto near = nearest(command, names);
  throw Error(Fault::usage, cat("unknown command `", command, "`"),
              near ? cat("did you mean `lapstrake help ", *near, "`?") : "`lapstrake --help` lists the commands");
}

using Run = int (*)(Desk&);

Run runner(const std::string& command) {
  static constexpr struct {
    std::string_view name;
    Run run;
  } table[] = {
      {"build", build},
      {"push", push},
      {"register", register_tasks},
      {"check", check},
      {"inspect", inspect},
      {"version", version},
      {"store check", store_check},
      {"store gc", store_gc},
      {"store path", store_path},
      {"schema", [](Desk&) { return print_result(spec::json_schema()), 0; }},
  };
  for (const auto& [name, run] : table)
    if (name == command) return run;
  return nullptr;
}

}  // namespace

int run(const Options& options, const World& world) {
  if (options.help || options.command == "help")
    return help(options.command == "help" ? join(options.names, " ") : options.command);
  if (options.command.empty()) {
    print_talk(overview());
    return static_cast<int>(Fault::usage);
  }
  if (options.command == "store")
    throw Error(Fault::usage, "`lapstrake store` needs a command: check, gc or path", "e.g. `lapstrake store check`");
  if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0)
    throw Error(Fault::input, cat("cannot go to `", options.folder, "`: ", reason(errno)));
  if (options.command == "sandbox") return run_sandbox(options, world);
  Desk desk(options, world);
  return runner(options.command)(desk);
}

}  // namespace lapstrake::cli
