#include "command_context.hpp"

#include <algorithm>
#include <lapstrake/app/build/build.hpp>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/pin/lock.hpp>
#include <lapstrake/app/pin/vendor.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/git.hpp>

namespace lapstrake::cli {
namespace {

std::pair<std::string, std::string> name_and_value(const std::string& text, std::string_view option) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw Error(ErrorKind::usage, cat("invalid value `", option, " ", text, "`: expected NAME=VALUE"));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::int64_t source_date_epoch(const Environment& environment) {
  const auto text = environment("SOURCE_DATE_EPOCH");
  if (!text) return 0;
  const auto seconds = parse_integer(*text);
  // 33 bits hold what a tar header and RFC 3339's four-digit years both can.
  if (!seconds || *seconds < 0 || *seconds > 0x1'ffff'ffff)
    throw Error(ErrorKind::usage,
                cat("invalid SOURCE_DATE_EPOCH `", printable(*text, 80), "`: expected a number of seconds since 1970"),
                "unset it, or run `export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)`");
  return *seconds;
}

oci::RegistryReference cache_place(const std::string& text, std::string_view option) {
  auto where = oci::parse_registry_reference(text);
  if (where.digest)
    throw Error(ErrorKind::usage, cat("invalid value `", option, " ", text, "`: a cache cannot be pinned to a digest"),
                cat("use `", option, " HOST/REPO` or `", option, " HOST/REPO:TAG`"));
  return where;
}

}  // namespace

CommandContext::CommandContext(const Options& options, const Runtime& runtime)
    : options_(options),
      runtime_(runtime),
      printer_(runtime),
      view_({.style = style_for(options.progress, options.quiet, stderr_is_terminal(), runtime.environment),
             .warnings = !options.quiet,
             .columns = stderr_columns(),
             .clock = runtime.clock,
             .clean = [printer = printer_](const std::string& text) { return printer.clean(text); },
             .write = Printer::draw}) {}

CommandContext::~CommandContext() { view_.close(); }

app::Context CommandContext::context() {
  app::Context context{.runtime = runtime_, .store_root = store_root()};
  context.jobs = options_.jobs == 0 ? default_jobs() : options_.jobs;
  context.allow_outside = options_.allow_outside;
  context.no_cache = options_.no_cache;
  context.dry_run = options_.command == "plan";
  context.explain = options_.explain || context.dry_run;
  context.epoch = source_date_epoch(runtime_.environment);
  context.profile = options_.profile;
  context.region = options_.region;
  context.progress = [this](const app::Event& event) { view_(event); };
  if (options_.verbose > 0)
    context.log = [this](const std::string& line) { view_.print(cat("  ", printable(line, 4096))); };
  for (const auto& text : options_.cache_from) context.cache_from.push_back(cache_place(text, "--cache-from"));
  if (options_.cache_to) context.cache_to = cache_place(*options_.cache_to, "--cache-to");
  for (const auto& text : options_.platform) {
    const auto platform = oci::Platform::parse(text);
    if (std::find(context.platforms.begin(), context.platforms.end(), platform) != context.platforms.end())
      throw Error(ErrorKind::usage, cat("duplicate option `--platform ", text, "`"));
    context.platforms.push_back(platform);
  }
  context.prebuilt_images = prebuilt_images();
  context.locked = options_.locked;
  context.vendor_folder = existing_vendor_folder();
  if (options_.offline) go_offline(context);
  return context;
}

std::map<std::string, oci::Reference> CommandContext::prebuilt_images() const {
  std::map<std::string, oci::Reference> images;
  for (const auto& given : options_.image) {
    const auto [name, reference] = name_and_value(given, "--image");
    if (!images.emplace(name, oci::parse_reference(reference)).second)
      throw Error(ErrorKind::usage, cat("duplicate option `--image ", name, "=...`"));
  }
  return images;
}

void CommandContext::go_offline(app::Context& context) {
  const auto refuse = [](const std::string& what) {
    throw Error(ErrorKind::usage, cat("`", what, "` needs a network and cannot be used with `--offline`"),
                "remove `--offline`");
  };
  static constexpr std::string_view need_one[] = {"push", "register", "deploy", "lock", "vendor"};
  if (std::ranges::find(need_one, options_.command) != std::end(need_one)) refuse(cat("lapstrake ", options_.command));
  if (options_.push) refuse("--push");
  if (context.cache_to) refuse("--cache-to");
  context.offline = true;
  if (context.cache_from.empty()) return;
  context.cache_from.clear();
  context.progress({.kind = app::Event::Kind::note, .text = "ignoring `--cache-from` because of `--offline`"});
}

std::filesystem::path CommandContext::vendor_folder() const {
  if (options_.vendored) return *options_.vendored;
  if (const auto named = runtime_.environment("LAPSTRAKE_VENDORED")) return *named;
  return std::filesystem::path(options_.file).parent_path() / app::vendor_folder_name;
}

// A folder that the user named must exist, except for the command that creates it.
std::optional<std::filesystem::path> CommandContext::existing_vendor_folder() const {
  auto folder = vendor_folder();
  std::error_code failure;
  const bool is_named = options_.vendored || runtime_.environment("LAPSTRAKE_VENDORED");
  const bool has_bases = std::filesystem::exists(folder / "index.json", failure);
  if (has_bases || (!is_named && std::filesystem::is_directory(folder, failure))) return folder;
  if (is_named && options_.command != "vendor")
    throw Error(ErrorKind::input, cat("vendor folder not found: `", folder.string(), "` contains no vendored bases"),
                cat("run `lapstrake vendor ", folder.string(), "` on a host with a network"));
  return std::nullopt;
}

spec::ReadResult CommandContext::read() const {
  spec::ReadOptions read;
  read.file = options_.file;
  read.environment = options_.environment;
  read.allow_outside = options_.allow_outside;
  for (const auto& set : options_.set) read.set.insert(name_and_value(set, "--set"));
  read.environment_variables = runtime_.environment;
  if (options_.file.empty())
    throw Error(ErrorKind::usage, "`--file` is empty", "name a spec, for example `--file lapstrake.yaml`");
  std::error_code ignored;
  const auto folder = std::filesystem::absolute(read.file, ignored).parent_path();
  read.git_commit = [folder] { return spec::git_commit(folder); };
  return spec::read(read);
}

std::optional<spec::Project> CommandContext::project_if_right(std::vector<spec::Diagnostic>& diagnostics) const {
  auto result = read();
  printer_.diagnostics(result.diagnostics, !options_.quiet);
  diagnostics = std::move(result.diagnostics);
  if (result.project)
    for (const auto& given : options_.image)
      app::choose_images(*result.project, {name_and_value(given, "--image").first});
  return std::move(result.project);
}

spec::Project CommandContext::unpinned_project() const {
  std::vector<spec::Diagnostic> diagnostics;
  auto project = project_if_right(diagnostics);
  if (!project) throw mistakes(diagnostics);
  return std::move(*project);
}

spec::Project CommandContext::project() {
  auto project = unpinned_project();
  pin(project);
  return project;
}

std::optional<spec::Project> CommandContext::project_unless_broken() {
  std::vector<spec::Diagnostic> diagnostics;
  auto project = project_if_right(diagnostics);
  if (!project) {
    printer_.error(mistakes(diagnostics));
    return project;
  }
  try {
    pin(*project);
    return project;
  } catch (const Error& error) {
    printer_.error(error);
    return std::nullopt;
  }
}

void CommandContext::pin(spec::Project& project) {
  app::Context context{.runtime = runtime_};
  context.locked = options_.locked;
  context.prebuilt_images = prebuilt_images();
  context.progress = [this](const app::Event& event) { view_(event); };
  app::pin_bases(context, project);
}

Error CommandContext::mistakes(const std::vector<spec::Diagnostic>& diagnostics) const {
  const auto count = std::count_if(diagnostics.begin(), diagnostics.end(),
                                   [](const auto& one) { return one.severity == spec::Diagnostic::Severity::error; });
  return Error(ErrorKind::usage,
               cat(count_of(static_cast<std::uint64_t>(count), "mistake"), " in `", options_.file, "`"));
}

std::filesystem::path CommandContext::store_root() const {
  try {
    return store::default_root(options_.store, runtime_.environment);
  } catch (const Error&) {
    static constexpr std::string_view without[] = {"check", "inspect", "verify", "diff"};
    if (std::find(std::begin(without), std::end(without), options_.command) == std::end(without)) throw;
    return {};
  }
}

void CommandContext::print_line(const std::string& line) {
  if (options_.json) return;
  clear();
  printer_.result(line + "\n");
}

}  // namespace lapstrake::cli
