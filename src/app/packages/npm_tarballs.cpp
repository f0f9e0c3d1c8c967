#include "npm_tarballs.hpp"

#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/integrity.hpp>
#include <lapstrake/packages/npm/tarball.hpp>
#include <lapstrake/packages/npm/tarball_source.hpp>
#include <lapstrake/packages/pip/python_in.hpp>
#include <memory>

namespace lapstrake::app {
namespace {

namespace fs = std::filesystem;
namespace npm = packages::npm;

constexpr std::size_t most_npmrc_bytes = 1u << 20;

std::string folder_of(const std::string& lock) { return fs::path(lock).parent_path().generic_string(); }

void add_file(const fs::path& path, std::vector<npm::NpmrcFile>& to) {
  std::error_code failure;
  if (fs::is_regular_file(path, failure))
    to.push_back({.name = cat("`", path.string(), "`"), .text = read_file(path, most_npmrc_bytes)});
}

// npm reads these variables in lower and upper case, and ignores empty ones.
std::optional<std::string> setting_in(const Environment& environment, std::string_view small,
                                      std::string_view capital) {
  for (const auto name : {small, capital})
    if (auto value = environment(name); value && !value->empty()) return value;
  return std::nullopt;
}

// The first one that has a setting decides.
std::vector<npm::NpmrcFile> configuration(const PackageRun& run, const oci::Npm& step) {
  const auto& environment = run.context.runtime.environment;
  std::vector<npm::NpmrcFile> out;
  if (const auto source = run.project.sources.find(step.source); source != run.project.sources.end())
    out.push_back({.name = cat("source `", step.source, "`"), .text = cat("registry=", source->second.uri, "\n")});
  if (const auto registry = setting_in(environment, "npm_config_registry", "NPM_CONFIG_REGISTRY"))
    out.push_back({.name = "$NPM_CONFIG_REGISTRY", .text = cat("registry=", *registry, "\n")});
  const auto own = (fs::path(folder_of(step.lock)) / ".npmrc").generic_string();
  if (const auto file = find_named_file(run.project.folder, own, run.context.build.allow_outside))
    out.push_back({.name = cat("`", own, "`"), .text = read_all_of(*file, most_npmrc_bytes)});
  if (const auto user = setting_in(environment, "npm_config_userconfig", "NPM_CONFIG_USERCONFIG"))
    add_file(*user, out);
  else if (const auto home = environment("HOME"))
    add_file(fs::path(*home) / ".npmrc", out);
  if (const auto global = setting_in(environment, "npm_config_globalconfig", "NPM_CONFIG_GLOBALCONFIG"))
    add_file(*global, out);
  else
    for (const char* path : {"/etc/npmrc", "/usr/local/etc/npmrc", "/usr/etc/npmrc"}) add_file(path, out);
  return out;
}

npm::Npmrc read_npmrc(const PackageRun& run, const oci::Npm& step) {
  npm::Npmrc out(configuration(run, step),
                 [&](const std::string& name) { return run.context.runtime.environment(name); });
  for (const auto& warning : out.warnings())
    run.context.report.progress({.kind = Event::Kind::warning, .text = warning});
  return out;
}

// Keeps a wrong tarball out of the store.
ContentCheck integrity_check(const npm::LockedPackage& package) {
  auto check = std::make_shared<npm::IntegrityCheck>(npm::parse_integrity(package.integrity));
  return {.write = [check](Bytes bytes) { check->write(bytes); },
          .finish = [check, what = description_of_tarball(package.name, package.version)] { check->finish(what); }};
}

}  // namespace

std::string description_of_tarball(const std::string& name, const std::string& version) {
  return cat("the tarball of `", printable(name, 200), "` ", printable(version, 100));
}

npm::LockFile read_npm_lock(const Context& context, const spec::Project& project, const oci::Npm& step) {
  return npm::parse_lock_file(text_of_project(context, project, step.lock), cat("`", step.lock, "`"));
}

npm::LockFile read_npm_lock(const PackageRun& run, const oci::Npm& step) {
  return read_npm_lock(run.context, run.project, step);
}

npm::Target npm_target(const oci::Npm& step, const StepFacts& facts) {
  npm::Target out{.cpu = npm::cpu_of(facts.platform.architecture)};
  const auto libc = packages::pip::libc_in(facts.base);
  if (libc && libc->kind == packages::pip::Libc::Kind::musl) out.libc = "musl";
  if (step.libc) out.libc = step.libc->substr(0, step.libc->find('-'));
  return out;
}

bool has_tarball(const npm::LockedPackage& package) { return !package.link && !package.in_bundle; }

NpmTarballs::NpmTarballs(const PackageRun& run, const oci::Npm& step) : run_(run), step_(step) {}

const npm::Npmrc& NpmTarballs::npmrc() const {
  const std::lock_guard lock(mutex_);
  if (!npmrc_) npmrc_ = read_npmrc(run_, step_);
  return *npmrc_;
}

oci::Descriptor NpmTarballs::take_local(const std::string& path, const std::optional<oci::Digest>& digest,
                                        const ContentCheck& check) const {
  const auto from = (fs::path(folder_of(step_.lock)) / path).lexically_normal().generic_string();
  const auto file = open_named_file(run_.project.folder, from, run_.context.build.allow_outside);
  auto blob = run_.archives.store().new_blob();
  drain(
      file.source(), [&](Bytes bytes) { blob.write(bytes), check.write(bytes); }, run_.context.runtime.stop);
  if (!digest) check.finish();
  return {.media_type = {}, .digest = blob.commit(digest), .size = file.size};
}

// The configured registry, else the one that the lock file names.
http::Url NpmTarballs::url_of(const npm::LockedPackage& package, const npm::TarballSource& source) const {
  if (source.kind != npm::TarballSource::Kind::registry) return http::parse_url(source.location);
  if (const auto* registry = npmrc().registry_for(package.name)) return http::resolve(*registry, source.location);
  if (!package.resolved.empty()) return http::parse_url(package.resolved);
  throw Error(
      ErrorKind::usage, cat("no npm registry is configured for `", printable(package.name, 214), "`"),
      "write the address that `npm config get registry` prints into `.npmrc` (`registry=...`) or NPM_CONFIG_REGISTRY")
      .because(cat("`", step_.lock, "` has no `resolved` for it"));
}

oci::Descriptor NpmTarballs::take(const npm::LockedPackage& package, const std::optional<oci::Digest>& digest) const {
  const auto source = npm::tarball_source(package);
  if (source.kind == npm::TarballSource::Kind::file)
    return take_local(source.location, digest, integrity_check(package));
  Download download{.url = url_of(package, source),
                    .what = description_of_tarball(package.name, package.version),
                    .digest = digest,
                    .is_one_of_many = true};
  if (!digest) download.new_check = [&package] { return integrity_check(package); };
  if (const auto login = npmrc().login_for(download.url, package.name))
    download.credentials.set("Authorization", npm::authorization(*login));
  return run_.downloads.take(download);
}

std::string NpmTarballs::url_of(const npm::LockedPackage& package) {
  const auto source = npm::tarball_source(package);
  return source.kind == npm::TarballSource::Kind::registry ? std::string() : source.location;
}

Archives::Download NpmTarballs::download(const npm::LockFile& lock) const {
  return [this, &lock](const packages::LockedFile& file) {
    const auto* package = lock.find(file.name);
    if (package == nullptr)
      throw Error(ErrorKind::usage, cat("`", step_.lock, "` has no package at `", printable(file.name, 400), "`"),
                  "run `lapstrake lock`");
    take(*package, file.digest);
  };
}

Unpacker NpmTarballs::unpacker(const PackageRun& run) {
  return {.kind = "npm 1",
          .expectation = [](const packages::LockedFile& file) { return cat(file.package, "@", file.version); },
          .unpack =
              [&run](const packages::LockedFile& file, const std::filesystem::path& path,
                     packages::UnpackedArchiveWriter& out) {
                npm::unpack_tarball(file_source(path), description_of_tarball(file.package, file.version),
                                    {.name = file.package, .version = file.version}, out,
                                    {.packed_bytes = file.size, .stop = run.context.runtime.stop});
              }};
}

}  // namespace lapstrake::app
