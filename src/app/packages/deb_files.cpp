#include "deb_files.hpp"

#include <algorithm>
#include <lapstrake/app/packages/deb_suites.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/version.hpp>

namespace lapstrake::app {
namespace {

namespace deb = packages::deb;

std::string description_of(const packages::LockedFile& file) {
  return cat("the package `", file.package, "` ", file.version);
}

Unpacker unpacker(const PackageRun& run) {
  return {.kind = "deb 1",
          .expectation = [](const auto& file) { return cat(file.package, " ", file.version, " ", file.architecture); },
          .unpack =
              [&run](const packages::LockedFile& file, const std::filesystem::path& path,
                     packages::UnpackedArchiveWriter& out) {
                deb::unpack_deb(file_source(path), description_of(file),
                                {.package = file.package, .version = file.version, .architecture = file.architecture},
                                out, {.packed_bytes = file.size, .stop = run.context.runtime.stop});
              }};
}

}  // namespace

bool is_local_deb(std::string_view request) { return request.ends_with(".deb"); }

std::string local_path(std::string_view request) {
  return std::string(request.starts_with(local_prefix) ? request.substr(local_prefix.size()) : request);
}

std::string architecture_of(const StepFacts& facts) {
  return deb::architecture_of(facts.platform.architecture, facts.platform.variant);
}

std::vector<packages::UnpackedArchive> DebFiles::archives(const std::vector<packages::LockedFile>& files) const {
  return run_.archives.unpacked(files, unpacker(run_), download());
}

std::vector<deb::Deb> DebFiles::unpacked(const std::vector<packages::LockedFile>& files) const {
  auto unpacked = archives(files);
  std::vector<deb::Deb> out;
  out.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i)
    out.push_back({.name = files[i].package,
                   .version = files[i].version,
                   .architecture = files[i].architecture,
                   .archive = std::make_shared<const packages::UnpackedArchive>(std::move(unpacked[i])),
                   .path = files[i].path});
  return out;
}

void DebFiles::take(const std::vector<packages::LockedFile>& files) const {
  const auto get = download();
  parallel_for_each(
      files.size(), most_transfers, [&](std::size_t i) { run_.archives.take(files[i], get); },
      run_.context.runtime.stop);
}

Archives::Download DebFiles::download() const {
  return [this](const packages::LockedFile& file) { take(file); };
}

void DebFiles::take(const packages::LockedFile& file) const {
  if (!file.url.empty()) {
    copy_to_store(run_, local_path(file.url), file.digest);
    return;
  }
  try {
    take_from_archive(run_, source_of(file), file.path, file.digest, file.size, description_of(file));
  } catch (Error& error) {
    if (error.kind() != ErrorKind::network || error.is_transient()) throw;
    throw Error(ErrorKind::network, error.summary(),
                cat("archives delete old versions: run `lapstrake lock --update ", file.package,
                    "`, and keep the files with `lapstrake vendor`"))
        .because(error.reason());
  }
}

const DebSource& DebFiles::source_of(const packages::LockedFile& file) const {
  const std::lock_guard lock(mutex_);
  if (!sources_)
    sources_ = deb_sources(run_.project, run_.context.runtime.environment, step_.deb, architecture_of(step_.facts));
  const auto found = std::ranges::find(*sources_, file.suite, &DebSource::name);
  if (found != sources_->end()) return *found;
  throw Error(ErrorKind::usage,
              cat("no source has the suite `", printable(file.suite, 200), "` of ", description_of(file)),
              "configure it for apt or in `sources:`, or run `lapstrake lock`");
}

}  // namespace lapstrake::app
