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

bool may_be_a_name(const std::string& text) { return text.find_first_of("/:@") == std::string::npos; }

}  // namespace

CommandContext::CommandContext(CommandLine line, Runtime runtime)
    : line_(std::move(line)),
      runtime_(std::move(runtime)),
      printer_(runtime_),
      view_({.style = style_for(options().progress, options().quiet, stderr_is_terminal(), runtime_.environment),
             .warnings = !options().quiet,
             .columns = stderr_columns(),
             .clock = runtime_.clock,
             .clean = [printer = printer_](const std::string& text) { return printer.clean(text); },
             .write = Printer::draw}) {}

CommandContext::~CommandContext() { view_.close(); }

app::Context CommandContext::context(NamedFolder vendor_folder) {
  app::Context context{.runtime = runtime_, .store_root = store_root()};
  context.run = run_;
  context.jobs = options().jobs == 0 ? default_jobs() : options().jobs;
  context.build.allow_outside = options().allow_outside;
  context.build.no_cache = options().no_cache;
  context.build.epoch = source_date_epoch(runtime_.environment);
  context.connection.profile = options().profile;
  context.connection.region = options().region;
  context.report.progress = [this](const app::Event& event) { view_(event); };
  if (options().verbose)
    context.report.log = [this](const std::string& line) { view_.print(cat("  ", printable(line, 4096))); };
  for (const auto& text : options().platform) {
    const auto platform = oci::Platform::parse(text);
    if (std::find(context.images.platforms.begin(), context.images.platforms.end(), platform) !=
        context.images.platforms.end())
      throw Error(ErrorKind::usage, cat("duplicate option `--platform ", text, "`"));
    context.images.platforms.push_back(platform);
  }
  context.images.prebuilt = prebuilt_images();
  context.bases.locked = options().locked;
  context.connection.offline = options().offline;
  context.bases.vendor_folder = existing_vendor_folder(vendor_folder);
  return context;
}

std::map<std::string, oci::Reference> CommandContext::prebuilt_images() const {
  std::map<std::string, oci::Reference> images;
  for (const auto& given : options().image) {
    const auto [name, reference] = name_and_value(given, "--image");
    if (!images.emplace(name, oci::parse_reference(reference)).second)
      throw Error(ErrorKind::usage, cat("duplicate option `--image ", name, "=...`"));
  }
  return images;
}

void CommandContext::refuse_offline(const std::string& what) {
  throw Error(ErrorKind::usage, cat("`", what, "` needs a network and cannot be used with `--offline`"),
              "remove `--offline`");
}

std::filesystem::path CommandContext::vendor_folder() const {
  if (options().vendored) return *options().vendored;
  if (const auto named = runtime_.environment("LAPSTRAKE_VENDORED")) return *named;
  return std::filesystem::path(options().file).parent_path() / app::vendor_folder_name;
}

std::optional<std::filesystem::path> CommandContext::existing_vendor_folder(NamedFolder named) const {
  auto folder = vendor_folder();
  std::error_code failure;
  const bool is_named = options().vendored || runtime_.environment("LAPSTRAKE_VENDORED");
  const bool has_bases = std::filesystem::exists(folder / "index.json", failure);
  if (has_bases || (!is_named && std::filesystem::is_directory(folder, failure))) return folder;
  if (is_named && named == NamedFolder::must_exist)
    throw Error(ErrorKind::input, cat("vendor folder not found: `", folder.string(), "` contains no vendored bases"),
                cat("run `lapstrake vendor ", folder.string(), "` on a host with a network"));
  return std::nullopt;
}

spec::ReadResult CommandContext::read() const {
  spec::ReadOptions read;
  read.file = options().file;
  read.environment = options().environment;
  read.allow_outside = options().allow_outside;
  for (const auto& set : options().set) read.set.insert(name_and_value(set, "--set"));
  read.environment_variables = runtime_.environment;
  if (options().file.empty())
    throw Error(ErrorKind::usage, "`--file` is empty", "name a spec, for example `--file lapstrake.yaml`");
  std::error_code ignored;
  const auto folder = std::filesystem::absolute(read.file, ignored).parent_path();
  read.git_commit = [folder] { return spec::git_commit(folder); };
  return spec::read(read);
}

std::optional<spec::Project> CommandContext::project_if_right(std::vector<Finding>& findings) const {
  auto result = read();
  printer_.findings(result.findings, !options().quiet);
  findings = std::move(result.findings);
  if (result.project)
    for (const auto& given : options().image)
      app::choose_images(*result.project, {name_and_value(given, "--image").first});
  return std::move(result.project);
}

std::optional<spec::Project> CommandContext::project_if_any(const std::vector<std::string>& names) {
  std::error_code ignored;
  if (!std::filesystem::exists(options().file, ignored)) return std::nullopt;
  auto result = read();
  if (!result.project && std::any_of(names.begin(), names.end(), may_be_a_name)) {
    printer_.findings(result.findings, !options().quiet);
    throw mistakes(result.findings);
  }
  return std::move(result.project);
}

spec::Project CommandContext::unpinned_project() const {
  std::vector<Finding> findings;
  auto project = project_if_right(findings);
  if (!project) throw mistakes(findings);
  return std::move(*project);
}

spec::Project CommandContext::project() {
  auto project = unpinned_project();
  pin(project);
  return project;
}

std::optional<spec::Project> CommandContext::project_unless_broken() {
  std::vector<Finding> findings;
  auto project = project_if_right(findings);
  if (!project) {
    printer_.error(mistakes(findings));
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
  context.run = run_;
  context.bases.locked = options().locked;
  context.images.prebuilt = prebuilt_images();
  context.report.progress = [this](const app::Event& event) { view_(event); };
  app::pin_bases(context, project);
}

Error CommandContext::mistakes(const std::vector<Finding>& findings) const {
  const auto count = std::count_if(findings.begin(), findings.end(),
                                   [](const auto& one) { return one.severity == Finding::Severity::error; });
  return Error(ErrorKind::usage,
               cat(count_of(static_cast<std::uint64_t>(count), "mistake"), " in `", options().file, "`"));
}

std::filesystem::path CommandContext::store_root() const {
  try {
    return store::default_root(options().store, runtime_.environment);
  } catch (const Error&) {
    if (line_.command->needs_store) throw;
    return {};
  }
}

void CommandContext::print_line(const std::string& line) {
  if (options().json) return;
  clear();
  printer_.result(line + "\n");
}

}  // namespace lapstrake::cli
