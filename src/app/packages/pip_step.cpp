#include <fcntl.h>
#include <algorithm>
#include <lapstrake/app/packages/pip_step.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/install.hpp>
#include <lapstrake/packages/pip/lock_file.hpp>
#include <lapstrake/packages/pip/python_in.hpp>
#include <lapstrake/packages/pip/wheel.hpp>

#include "pip_index.hpp"
#include "pip_inputs.hpp"
#include "pip_wheels.hpp"

namespace lapstrake::app {
namespace {

namespace pip = packages::pip;

std::string machine(const oci::Platform& platform) {
  if (auto found = pip::machine_of(platform.architecture)) return std::move(*found);
  throw Error(ErrorKind::usage, cat("`pip:` cannot install wheels for ", platform.text()),
              "remove this platform: it supports linux/amd64 and linux/arm64");
}

// The Python of the base that the step asks for; nothing if the base has none of this version and the step says one.
std::optional<pip::FoundPython> python_of(const oci::Pip& step, const layers::BaseFiles& base, const StepFacts& facts) {
  const auto wanted = step.python ? pip::PythonVersion::from_text(*step.python) : std::nullopt;
  pip::BaseEnvironment environment{.python_version = variable(facts, "PYTHON_VERSION")};
  if (auto path = variable(facts, "PATH"); !path.empty()) environment.path = std::move(path);
  if (!wanted) return pip::python_in(base, std::nullopt, environment);
  for (const auto& found : pip::pythons_in(base, environment))
    if (found.version.short_text() == wanted->short_text()) return found;
  return std::nullopt;
}

pip::Libc libc_of(const oci::Pip& step, const StepFacts& facts) {
  if (step.libc)
    if (const auto libc = pip::Libc::from_text(*step.libc)) return *libc;
  if (const auto libc = pip::libc_in(facts.base)) return *libc;
  throw Error(ErrorKind::usage, cat("the base of image `", facts.image, "` does not say which libc it has"),
              "add it to the step, for example `libc: glibc-2.36` or `libc: musl-1.2`");
}

std::string listed(std::string_view what, std::vector<std::string> words) {
  if (words.empty()) return {};
  std::ranges::sort(words);
  return cat(", ", what, " ", join(words, " "));
}

// The image's own Python, which a layer below the step may have brought.
pip::FoundPython installed_python(const oci::Pip& step, const layers::BaseFiles& below, const StepFacts& facts,
                                  const pip::Target& target) {
  if (auto found = python_of(step, below, facts)) return std::move(*found);
  throw Error(ErrorKind::usage, cat("the layers below have no Python ", target.python.short_text()),
              "use a base that has it, or add it in an earlier layer");
}

pip::Scheme scheme_of(const oci::Pip& step, const pip::FoundPython& python, layers::AccountTable::Ids ids) {
  auto scheme = step.into == "system" ? pip::system_scheme(python) : pip::venv_scheme(step.into, python);
  scheme.uid = ids.uid;
  scheme.gid = ids.gid;
  return scheme;
}

// A merge may have dropped lines of the lock.
void expect_all(const packages::LockedInstall& install, const pip::SelectedPackages& selected) {
  for (const auto& package : selected.packages)
    if (std::ranges::find(install.files, package.name, &packages::LockedFile::package) == install.files.end())
      throw incomplete_install(install, package.name);
}

Unpacker wheel_unpacker() {
  return {.kind = "wheel 1",
          .expectation = [](const packages::LockedFile& file) { return file.name; },
          .unpack =
              [](const packages::LockedFile& file, const std::filesystem::path& path,
                 packages::UnpackedArchiveWriter& out) {
                const FileDescriptor wheel(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
                if (!wheel) throw Error(ErrorKind::input, cat("cannot read `", path.string(), "`: ", reason(errno)));
                pip::unpack_wheel(packages::random_access(wheel.get(), pip::description_of_wheel(file.name)), file.name,
                                  {.name = file.package, .version = file.version}, out);
              }};
}

}  // namespace

void check_lock_file(const Context& context, const spec::Project& project, const oci::Pip& step) {
  pip::read_lock_file(step.lock, [&](const std::string& path) { return text_of_project(context, project, path); });
}

pip::Target pip_target(const oci::Pip& step, const StepFacts& facts) {
  pip::Target out{.machine = machine(facts.platform)};
  if (const auto found = python_of(step, facts.base, facts)) {
    out.python = found->version;
    out.is_free_threaded = found->is_free_threaded;
  } else {
    out.python = *pip::PythonVersion::from_text(*step.python);
  }
  out.libc = libc_of(step, facts);
  return out;
}

std::string install_name(const oci::Pip& step, const pip::Target& target) {
  return cat("pip ", step.lock, ", ", target.text(), listed("extras", step.extras),
             step.groups ? cat(listed("groups", *step.groups), step.groups->empty() ? ", no groups" : "") : "");
}

oci::Digest inputs_of(const PackageRun& run, const oci::Pip& step) {
  return digest_of_inputs(run, read_python_lock(run, step));
}

std::vector<layers::Entry> pip_entries(const PackageRun& run, const oci::Pip& step, const StepFacts& facts,
                                       const layers::BaseFiles& below, layers::AccountTable::Ids ids) {
  const auto target = pip_target(step, facts);
  const auto locked = read_python_lock(run, step);
  const auto& install = locked_install(run, install_name(step, target), digest_of_inputs(run, locked));
  expect_all(install, selected_packages(locked, step, target));
  const auto scheme = scheme_of(step, installed_python(step, below, facts, target), ids);
  return pip::install(unpacked_files(run, step, install), scheme);
}

std::vector<packages::UnpackedArchive> unpacked_files(const PackageRun& run, const oci::Pip& step,
                                                      const packages::LockedInstall& install) {
  PipIndex index(run, step.source);
  return run.archives.unpacked(install.files, wheel_unpacker(), wheel_download(run, index));
}

const packages::LockedInstall& locked_entry(const PackageRun& run, const oci::Pip& step, const StepFacts& facts) {
  return locked_install(run, install_name(step, pip_target(step, facts)), inputs_of(run, step));
}

void take_files(const PackageRun& run, const oci::Pip& step, const packages::LockedInstall& install) {
  PipIndex index(run, step.source);
  const auto download = wheel_download(run, index);
  parallel_for_each(
      install.files.size(), most_transfers, [&](std::size_t i) { run.archives.take(install.files[i], download); },
      run.context.runtime.stop);
}

}  // namespace lapstrake::app
