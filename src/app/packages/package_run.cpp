#include <lapstrake/app/packages/package_run.hpp>

#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {
namespace {

std::string lock_command(const spec::Project& project) {
  return project.environment.empty() ? "run `lapstrake lock`"
                                     : cat("run `lapstrake lock -e ", project.environment, "`");
}

}  // namespace

std::string text_of_project(const Context& context, const spec::Project& project, const std::string& path) {
  return read_all_of(open_named_file(project.folder, path, context.build.allow_outside), limits::package_lock_bytes);
}

std::string PackageRun::text(const std::string& path) const { return text_of_project(context, project, path); }

oci::Descriptor copy_to_store(const PackageRun& run, const std::string& path,
                              const std::optional<oci::Digest>& digest) {
  const auto file = open_named_file(run.project.folder, path, run.context.build.allow_outside);
  auto blob = run.archives.store().new_blob();
  drain(
      file.source(), [&](Bytes bytes) { blob.write(bytes); }, run.context.runtime.stop);
  return {.media_type = {}, .digest = blob.commit(digest), .size = file.size};
}

std::string variable(const StepFacts& facts, std::string_view name) {
  for (const auto& line : facts.env)
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=')
      return line.substr(name.size() + 1);
  return {};
}

void InputDigest::add(std::string_view name, std::string_view text) {
  for (const auto part : {name, text}) {
    hash_.write(as_bytes(cat(part.size(), ":")));
    hash_.write(as_bytes(part));
  }
}

oci::Digest InputDigest::finish() { return oci::Digest(hash_.finish()); }

const packages::LockedInstall& locked_install(const PackageRun& run, const std::string& name,
                                              const oci::Digest& inputs) {
  const auto& installs = run.context.run->packages.installs;
  const auto found = installs.find(name);
  if (found == installs.end())
    throw Error(ErrorKind::usage, cat("`", lock_file_name, "` has no entry for `", name, "`"),
                lock_command(run.project))
        .because("the build takes packages from this file only");
  if (found->second.inputs != inputs)
    throw Error(ErrorKind::usage, cat("`", lock_file_name, "` is out of date for `", name, "`"),
                lock_command(run.project))
        .because("the step, its files or the packages below it have changed since `lapstrake lock` read them");
  return found->second;
}

Error incomplete_install(const packages::LockedInstall& install, const std::string& package) {
  return Error(ErrorKind::usage,
               cat("`", lock_file_name, "` lacks `", printable(package, 400), "` in `", install.name, "`"),
               "restore the file from version control, or delete this entry and run `lapstrake lock`");
}

}  // namespace lapstrake::app
