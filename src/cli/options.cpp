#include "options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "help.hpp"

namespace lapstrake::cli {
namespace {

// What the flags of CLI11 fill; subcommands share it.
struct Parser {
  Options options;
  std::string jobs, progress, port, proxy_port;  // parsed here for our own error messages
  CLI::App app{"lapstrake"};

  Parser() {
    app.set_help_flag();
    app.allow_extras();
    app.require_subcommand(0, 1);
    app.fallthrough();
    add_globals();
    for (const auto& command : commands()) add_command(command.name);
  }

  void add_globals() {
    app.add_flag("-h,--help", options.help);
    app.add_option("-f,--file", options.file);
    app.add_option("-C", options.folder);
    app.add_option("-e,--environment", options.environment);
    add_list(app, "--set", options.set);
    add_list(app, "--image", options.image);
    app.add_option("--store", options.store);
    app.add_option("-j,--jobs", jobs);
    add_list(app, "--platform", options.platform);
    app.add_flag("--allow-outside", options.allow_outside);
    app.add_flag("--no-cache", options.no_cache);
    app.add_flag("--locked", options.locked);
    app.add_flag("--offline", options.offline);
    app.add_option("--vendored", options.vendored);
    app.add_flag("--json", options.json);
    app.add_option("--progress", progress);
    app.add_flag("-q,--quiet", options.quiet);
    app.add_flag("-v,--verbose", options.verbose);
    app.add_option("--profile", options.profile);
    app.add_option("--region", options.region);
  }

  // An option that may be given again and takes one value each time.
  static void add_list(CLI::App& to, const std::string& name, std::vector<std::string>& values) {
    to.add_option(name, values)->expected(1)->take_all()->allow_extra_args(false);
  }

  void add_command(const std::string& name) {
    if (name.find(' ') != std::string::npos) return add_store_command(name);
    CLI::App* command = app.add_subcommand(name);
    command->set_help_flag();
    command->fallthrough();
    command->final_callback([this, name] {
      if (options.command.empty()) options.command = name;
    });
    if (name == "build") {
      add_list(*command, "-o,--output", options.outputs);
      command->add_flag("--watch", options.watch);
      command->add_flag("--push", options.push);
      command->add_flag("--explain", options.explain);
    }
    if (name == "build" || name == "push" || name == "register") {
      add_list(*command, "--cache-from", options.cache_from);
      command->add_option("--cache-to", options.cache_to);
    }
    if (name == "push" || name == "register" || name == "copy")
      command->add_flag("--create-repository", options.create_repository);
    if (name == "register") command->add_flag("--dry-run", options.dry_run);
    if (name == "sandbox") add_sandbox(*command);
    if (name == "lock") {
      command->add_flag("--update", options.update);
      command->add_flag("--prune", options.prune);
    }
    if (name == "verify") command->add_flag("--rebuild", options.rebuild);
    if (name == "inspect") {
      command->add_flag("--files", options.files);
      command->add_flag("--referrers", options.referrers);
    }
    static constexpr std::string_view with_names[] = {"build", "plan",   "push",   "register", "inspect", "copy",
                                                      "lock",  "vendor", "verify", "diff",     "help"};
    if (std::find(std::begin(with_names), std::end(with_names), name) != std::end(with_names))
      command->add_option("names", options.names);
  }

  void add_store_command(const std::string& name) {
    CLI::App* store = app.get_subcommand("store");
    CLI::App* command = store->add_subcommand(name.substr(name.find(' ') + 1));
    command->set_help_flag();
    command->fallthrough();
    command->final_callback([this, name] { options.command = name; });
  }

  void add_sandbox(CLI::App& command) {
    command.add_option("--port", port);
    command.add_option("--proxy-port", proxy_port);
    command.add_option("--faults", options.faults);
    command.add_option("--data", options.data);
    command.add_option("--account", options.account);
    command.add_flag("--no-create", options.no_create);
    command.add_flag("--immutable-tags", options.immutable_tags);
  }
};

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& command : commands()) names.push_back(command.name);
  return names;
}

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& one : option->get_lnames()) names.push_back("--" + one);
    for (const auto& one : option->get_snames()) names.push_back("-" + one);
  }
  return names;
}

const CLI::App* app_of(const CLI::App& app, const std::string& command) {
  const CLI::App* found = &app;
  for (const auto& word : split(command, ' '))
    if (!word.empty()) found = found->get_subcommand(word);
  return found;
}

std::int64_t number(const std::string& text, std::string_view option, std::int64_t least, std::int64_t most) {
  const auto value = parse_integer(text);
  if (!value || *value < least || *value > most)
    throw Error(ErrorKind::usage,
                cat("invalid value `", option, " ", text, "`: expected a number from ", least, " to ", most));
  return *value;
}

ProgressStyle style(const std::string& text) {
  static constexpr std::pair<std::string_view, ProgressStyle> styles[] = {{"auto", ProgressStyle::automatic},
                                                                          {"bar", ProgressStyle::bar},
                                                                          {"plain", ProgressStyle::plain},
                                                                          {"none", ProgressStyle::none}};
  for (const auto& [name, value] : styles)
    if (name == text) return value;
  throw Error(ErrorKind::usage, cat("unknown progress style `", text, "`"),
              "use `--progress` with auto, bar, plain or none");
}

// CLI11's messages look like "-j: 1 required TEXT missing".
Error usage_error(const CLI::ParseError& failure) {
  const std::string text = failure.what();
  const auto option = text.substr(0, text.find_first_of(": "));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&failure) != nullptr && option.starts_with("-"))
    return Error(ErrorKind::usage, cat("option `", option, "` takes exactly one value"),
                 "run `lapstrake --help` to see the options");
  return Error(ErrorKind::usage, text, "run `lapstrake --help` to see the options");
}

[[noreturn]] void refuse_extra(const Parser& parser, const std::string& extra) {
  const auto& command = parser.options.command;
  if (extra.starts_with("-") && extra.size() > 1) {
    auto known = names_of(parser.app);
    if (!command.empty())
      for (auto& name : names_of(*app_of(parser.app, command))) known.push_back(std::move(name));
    const auto name = extra.substr(0, extra.find('='));
    const auto near = nearest(name, known);
    throw Error(ErrorKind::usage, cat("unknown option `", name, "`"),
                near ? cat("did you mean `", *near, "`?")
                     : cat("run `lapstrake ", command, command.empty() ? "" : " ", "--help` to see the options"));
  }
  if (command.empty()) {
    const auto near = nearest(extra, command_names());
    throw Error(ErrorKind::usage, cat("unknown command `", extra, "`"),
                near ? cat("did you mean `lapstrake ", *near, "`?") : "run `lapstrake --help` to see the commands");
  }
  if (command == "store") {
    const auto near = nearest(extra, {"check", "gc", "path"});
    throw Error(
        ErrorKind::usage, cat("unknown command `store ", extra, "`"),
        near ? cat("did you mean `lapstrake store ", *near, "`?") : "use `lapstrake store check`, `gc` or `path`");
  }
  throw Error(ErrorKind::usage, cat("unexpected argument `", extra, "` for `lapstrake ", command, "`"),
              cat("run `lapstrake ", command, " --help` to see its arguments"));
}

}  // namespace

Options parse(const std::vector<std::string>& arguments) {
  Parser parser;
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  std::vector<std::string> reversed(arguments.begin(), dashes);
  std::reverse(reversed.begin(), reversed.end());  // CLI11 takes a vector from its back
  try {
    parser.app.parse(reversed);
  } catch (const CLI::ParseError& failure) {
    throw usage_error(failure);
  }
  auto& options = parser.options;
  if (!parser.jobs.empty()) options.jobs = static_cast<unsigned>(number(parser.jobs, "--jobs", 1, 1024));
  if (!parser.progress.empty()) options.progress = style(parser.progress);
  if (!parser.port.empty()) options.port = static_cast<std::uint16_t>(number(parser.port, "--port", 0, 65535));
  if (!parser.proxy_port.empty())
    options.proxy_port = static_cast<std::uint16_t>(number(parser.proxy_port, "--proxy-port", 0, 65535));
  if (dashes != arguments.end()) parser.options.child.assign(dashes + 1, arguments.end());
  if (const auto extras = parser.app.remaining(true); !extras.empty()) refuse_extra(parser, extras.front());
  if (!parser.options.child.empty() && parser.options.command != "sandbox")
    throw Error(ErrorKind::usage, "only `lapstrake sandbox` accepts a command after `--`",
                "remove `--` and what follows");
  if (options.push && !options.watch)
    throw Error(ErrorKind::usage, "`lapstrake build --push` needs `--watch`",
                "run `lapstrake push` to build and push once");
  if (options.command == "lock" && !options.names.empty() && !options.update)
    throw Error(ErrorKind::usage, "`lapstrake lock` accepts names only with `--update`",
                cat("run `lapstrake lock --update ", options.names.front(), "`"));
  if (options.command == "vendor" && options.names.size() > 1)
    throw Error(ErrorKind::usage, "`lapstrake vendor` accepts at most one folder",
                "run `lapstrake vendor --help` to see its arguments");
  if (options.push && options.explain)
    throw Error(ErrorKind::usage, "`--explain` cannot be used with `--push`",
                "remove `--push` to see why digests change");
  return parser.options;
}

std::vector<std::string> option_names(const std::string& command) {
  const Parser parser;
  return names_of(*app_of(parser.app, command));
}

}  // namespace lapstrake::cli
