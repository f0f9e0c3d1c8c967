#include "pip_wheels.hpp"

#include <fcntl.h>

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/requires_python.hpp>
#include <lapstrake/packages/pip/tags.hpp>
#include <lapstrake/packages/zip.hpp>

namespace lapstrake::app {
namespace {

namespace pip = packages::pip;
using packages::Checksum;
using packages::HashAlgorithm;

// In a LockedFile, the path of a wheel in the project.
constexpr std::string_view local = "./";
constexpr std::size_t most_metadata_bytes = 4u << 20;

// A wheel that may be chosen.
struct Candidate {
  std::string name;
  std::vector<Checksum> checksums = {};  // a file must have all that are known of one algorithm
  std::optional<std::uint64_t> size = {};
  std::string url = {};                      // that the lock file has to have: not of an index
  const pip::IndexFile* in_index = nullptr;  // of `project`
};

std::string shown(const pip::LockedPackage& package) {
  return cat(package.name, package.version ? cat(" ", package.version->text()) : "");
}

std::optional<oci::Digest> sha256_of(const std::vector<Checksum>& checksums) {
  for (const auto& sum : checksums)
    if (sum.algorithm == HashAlgorithm::sha256) return oci::Digest::parse(sum.text());
  return std::nullopt;
}

// Whether a file with `has` may be one that must have one of `wanted`.
bool may_match(const std::vector<Checksum>& has, const std::vector<Checksum>& wanted) {
  const auto shared = [&](HashAlgorithm algorithm) {
    return std::ranges::any_of(has, [&](const auto& sum) { return sum.algorithm == algorithm; });
  };
  bool compared = false;
  for (const auto& sum : wanted) {
    if (std::ranges::find(has, sum) != has.end()) return true;
    compared = compared || shared(sum.algorithm);
  }
  return !compared;
}

class Choosing {
 public:
  Choosing(const PackageRun& run, PipIndex& index, const pip::LockedPackage& package, const pip::Target& target)
      : run_(run), index_(index), package_(package), target_(target) {}

  ChosenWheel run() {
    if (package_.source.kind == pip::PackageSource::Kind::index) project_ = index_.project(package_.name);
    const auto candidates = package_.files.empty() ? of_index() : of_lock_file();
    std::vector<std::string> names;
    for (const auto& candidate : candidates) names.push_back(candidate.name);
    if (names.empty() && package_.has_source_archive) names.push_back(cat(package_.name, ".tar.gz"));
    const auto& version = package_.version;
    const auto& best =
        candidates.at(pip::choose_wheel(package_.name, version ? version->text() : std::string(), names, target_));
    return finish(best);
  }

 private:
  std::vector<Candidate> of_lock_file() const {
    std::vector<Candidate> out;
    for (const auto& file : package_.files) {
      Candidate candidate{.name = file.name, .checksums = file.checksums, .size = file.size};
      candidate.in_index = in_index(file.name);
      if (!file.path.empty()) candidate.url = cat(local, file.path);
      if (file.path.empty() && candidate.in_index == nullptr) candidate.url = file.url;
      if (candidate.in_index != nullptr && !may_match(candidate.in_index->checksums, file.checksums))
        throw Error(ErrorKind::integrity, cat("`", file.name, "` in the index is not the file of ", package_.where),
                    "check who changed the file: an index must not replace one");
      out.push_back(std::move(candidate));
    }
    return out;
  }

  // The files of the version, with a checksum of the lock file if it has any.
  std::vector<Candidate> of_index() const {
    if (!project_)
      throw Error(
          ErrorKind::input, cat("`", package_.name, "` not found in ", index_.names()),
          cat("correct the name in ", package_.where, ", or set the index with `source:` or in pip's configuration"));
    std::vector<Candidate> out;
    bool has_version = false;
    for (const auto& file : project_->page.files) {
      if (version_of(file.name) != package_.version) continue;
      has_version = true;
      if (!package_.checksums.empty() && !may_match(file.checksums, package_.checksums)) continue;
      out.push_back({.name = file.name, .checksums = file.checksums, .size = file.size, .in_index = &file});
    }
    if (!has_version) refuse_version();
    if (out.empty())
      throw Error(ErrorKind::integrity,
                  cat("no file of ", shown(package_), " in the index has a hash of ", package_.where),
                  "write the lock file again if the hashes are outdated");
    return out;
  }

  // "flask-3.1.0.tar.gz", "flask-3.1.0-py3-none-any.whl"; nothing for other files.
  static std::optional<pip::Version> version_of(std::string_view file_name) {
    if (const auto wheel = pip::WheelName::from_text(file_name)) return pip::Version::from_text(wheel->version);
    for (const std::string_view suffix : {".tar.gz", ".zip", ".tar.bz2", ".tgz"})
      if (file_name.ends_with(suffix)) {
        file_name.remove_suffix(suffix.size());
        return pip::Version::from_text(file_name.substr(file_name.rfind('-') + 1));
      }
    return std::nullopt;
  }

  [[noreturn]] void refuse_version() const {
    std::optional<pip::Version> newest;
    for (const auto& file : project_->page.files)
      if (auto version = version_of(file.name); version && (!newest || *version > *newest)) newest = std::move(version);
    throw Error(ErrorKind::input,
                cat("`", shown(package_), "` not found in `", http::redacted(project_->index.url), "`"),
                newest ? cat("correct the version in ", package_.where, ": the newest there is ", newest->text())
                       : cat("correct the name in ", package_.where));
  }

  const pip::IndexFile* in_index(const std::string& name) const {
    if (!project_) return nullptr;
    const auto found = std::ranges::find(project_->page.files, name, &pip::IndexFile::name);
    return found == project_->page.files.end() ? nullptr : &*found;
  }

  ChosenWheel finish(const Candidate& best) const {
    ChosenWheel out{.file = {.name = best.name,
                             .package = package_.name,
                             .version = pip::WheelName::parse(best.name).version,
                             .digest = oci::Digest::of(std::string_view()),
                             .url = best.url,
                             .why = package_.where},
                    .metadata = {}};
    auto digest = sha256_of(best.checksums);
    if (!digest && best.in_index != nullptr) digest = sha256_of(best.in_index->checksums);
    auto size = best.size;
    if (!size && best.in_index != nullptr) size = best.in_index->size;
    auto metadata = digest && size && is_proved(best, *digest) ? metadata_of(best) : std::nullopt;
    if (!metadata) {
      const auto blob = take(best, digest);
      digest = blob.digest;
      size = blob.size;
      expect_checksums(best, blob);
      metadata = metadata_in(best, blob);
    }
    out.file.digest = *digest;
    out.file.size = *size;
    out.metadata = pip::parse_metadata(*metadata, shown(best));
    expect_name(best, out.metadata);
    expect_python(out);
    warn_if_yanked(best);
    return out;
  }

  static std::string shown(const Candidate& candidate) { return cat("the wheel `", candidate.name, "`"); }
  static std::string shown(const pip::LockedPackage& package) { return app::shown(package); }

  // Whether the digest is one that the user's lock file has, or that has none: others are compared with the wheel.
  bool is_proved(const Candidate& best, const oci::Digest& digest) const {
    const auto& wanted = package_.files.empty() ? package_.checksums : best.checksums;
    return wanted.empty() || std::ranges::any_of(wanted, [&](const auto& sum) { return sum.text() == digest.text(); });
  }

  // The wheel itself is compared when it is unpacked.
  void expect_name(const Candidate& best, const pip::Metadata& metadata) const {
    const auto name = pip::WheelName::parse(best.name);
    if (pip::normalized_name(metadata.name) == pip::normalized_name(name.name) &&
        pip::Version::from_text(metadata.version) == pip::Version::from_text(name.version))
      return;
    throw Error(ErrorKind::integrity, cat("the metadata of `", best.name, "` is of another package"))
        .because(cat("it names ", printable(metadata.name, 200), " ", printable(metadata.version, 100)));
  }

  // From the index, without the wheel (PEP 658); only if the index gives its digest.
  std::optional<std::string> metadata_of(const Candidate& best) const {
    if (best.in_index == nullptr || !best.in_index->core_metadata) return std::nullopt;
    const auto sum = sha256_of(best.in_index->core_metadata->checksums);
    if (!sum) return std::nullopt;
    const auto page = run_.downloads.page(index_.download(*project_, *best.in_index, ".metadata"), most_metadata_bytes);
    if (!page) return std::nullopt;
    if (*sum != oci::Digest::of(page->text))
      throw Error(ErrorKind::integrity, cat("the metadata of `", best.name, "` has the wrong digest"))
          .because(cat("the index says ", sum->text(), ", and the file has ", oci::Digest::of(page->text).text()));
    return page->text;
  }

  oci::Descriptor take(const Candidate& best, const std::optional<oci::Digest>& digest) const {
    if (best.url.starts_with(local)) return copy_to_store(run_, best.url.substr(local.size()), digest);
    auto download =
        !best.url.empty() ? index_.download(best.url, shown(best)) : index_.download(*project_, *best.in_index);
    download.digest = digest;
    return run_.downloads.take(download);
  }

  // Those that are not sha256.
  void expect_checksums(const Candidate& best, const oci::Descriptor& blob) const {
    std::vector<Checksum> has{*Checksum::from_hex(HashAlgorithm::sha256, blob.digest.hex())};
    for (const auto& wanted : {best.checksums, package_.checksums}) {
      for (const auto& sum : wanted)
        if (sum.algorithm != HashAlgorithm::sha256) has.push_back(checksum_of(blob, sum.algorithm));
      if (!wanted.empty() && !may_match(has, wanted))
        throw Error(ErrorKind::integrity, cat(shown(best), " has another checksum than ", package_.where, " says"));
    }
  }

  Checksum checksum_of(const oci::Descriptor& blob, HashAlgorithm algorithm) const {
    packages::Hasher hasher(algorithm);
    drain(run_.archives.store().open_blob(blob), [&](Bytes bytes) { hasher.write(bytes); });
    return hasher.finish();
  }

  std::string metadata_in(const Candidate& best, const oci::Descriptor& blob) const {
    const auto path = run_.archives.store().blob_path(blob.digest);
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) throw Error(ErrorKind::input, cat("cannot read `", path.string(), "`: ", reason(errno)));
    const packages::Zip zip(packages::random_access(file.get(), shown(best)), shown(best));
    for (const auto& entry : zip.entries())
      if (entry.name.ends_with(".dist-info/METADATA") && std::ranges::count(entry.name, '/') == 1)
        return zip.text(entry, most_metadata_bytes);
    throw Error(ErrorKind::integrity, cat(shown(best), " has no METADATA"));
  }

  // PEP 592: a yanked file may be used when its version is pinned.
  void warn_if_yanked(const Candidate& best) const {
    if (best.in_index == nullptr || !best.in_index->yanked) return;
    const auto& why = *best.in_index->yanked;
    run_.context.report.progress({.kind = Event::Kind::warning,
                                  .text = cat(shown(package_), " (", package_.where, ") is yanked in the index",
                                              why.empty() ? "" : ": ", printable(why, 200))});
  }

  void expect_python(const ChosenWheel& chosen) const {
    if (pip::fits_python(chosen.metadata.requires_python, target_.python)) return;
    throw Error(ErrorKind::usage,
                cat(chosen.file.package, " ", chosen.file.version, " needs Python ", chosen.metadata.requires_python,
                    ", and the image has ", target_.python.text()),
                cat("use another base, or another version of ", chosen.file.package, " in ", package_.where));
  }

  const PackageRun& run_;
  PipIndex& index_;
  const pip::LockedPackage& package_;
  const pip::Target& target_;
  std::shared_ptr<const IndexedProject> project_ = nullptr;
};

}  // namespace

ChosenWheel choose_wheel(const PackageRun& run, PipIndex& index, const pip::LockedPackage& package,
                         const pip::Target& target) {
  return step(cat("choosing a wheel of ", shown(package)), [&] { return Choosing(run, index, package, target).run(); });
}

Archives::Download wheel_download(const PackageRun& run, PipIndex& index) {
  return [&](const packages::LockedFile& file) {
    if (file.url.starts_with(local)) {
      copy_to_store(run, file.url.substr(local.size()), file.digest);
      return;
    }
    std::optional<Download> download;
    if (!file.url.empty()) {
      download = index.download(file.url, cat("the wheel `", file.name, "`"));
    } else if (const auto project = index.project(file.package)) {
      for (const auto& known : project->page.files)
        if (known.name == file.name) download = index.download(*project, known);
    }
    if (!download)
      throw Error(ErrorKind::input, cat("`", file.name, "` not found in ", index.names()),
                  cat("run `lapstrake lock --update ", file.package, "` if the index has removed it"));
    download->digest = file.digest;
    download->size = file.size;
    run.downloads.take(*download);
  };
}

}  // namespace lapstrake::app
