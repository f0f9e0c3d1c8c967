#include <lapstrake/app/packages/deb_suites.hpp>

#include <ctime>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/decompress.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/packages/deb/release.hpp>
#include <lapstrake/packages/deb/signature.hpp>

namespace lapstrake::app {
namespace {

namespace fs = std::filesystem;
namespace deb = packages::deb;

bool is_local(const DebSource& source) { return source.uri.starts_with("file:"); }

// file:/media/mirror/, file:///media/mirror/
fs::path local_path(const DebSource& source, const std::string& path) {
  auto folder = source.uri.substr(5);
  if (folder.starts_with("//")) folder.erase(0, 2);
  return fs::path(folder) / path;
}

// As rfc3339() writes it, in the lock.
std::optional<deb::Time> time_in_lock(const std::string& text) {
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return deb::Time(std::chrono::seconds(::timegm(&parts)));
}

Download download_of(const DebSource& source, const std::string& path, const std::string& what) {
  Download out{.url = http::parse_url(cat(source.uri, percent_encode(path, "/"))), .what = what};
  if (source.authorization) out.credentials.set("Authorization", *source.authorization);
  return out;
}

}  // namespace

std::string text_of_archive(const PackageRun& run, const DebSource& source, const std::string& path, std::size_t most) {
  if (is_local(source)) return read_file(local_path(source, path), most);
  const auto what = cat("`", path, "` of the suite `", source.name, "`");
  const auto page = run.downloads.page(download_of(source, path, what), most);
  if (!page)
    throw Error(ErrorKind::network, cat(what, " not found"), "check the URI and the suite of the source")
        .because(cat("`", source.uri, "` has no such file"));
  return page->text;
}

fs::path take_from_archive(const PackageRun& run, const DebSource& source, const std::string& path,
                           const oci::Digest& digest, std::uint64_t size, const std::string& what) {
  const auto& store = run.archives.store();
  if (!is_local(source)) {
    auto download = download_of(source, path, what);
    download.digest = digest;
    download.size = size;
    download.is_one_of_many = true;
    run.downloads.take(download);
  } else if (!store.size(digest)) {
    auto blob = store.new_blob();
    drain(
        file_source(local_path(source, path)), [&](Bytes bytes) { blob.write(bytes); }, run.context.runtime.stop);
    blob.commit(digest);
  }
  return store.blob_path(digest);
}

DebSuites::DebSuites(const PackageRun& run, const packages::LockedPackages& known) : run_(run) {
  for (const auto& [name, install] : known.installs)
    for (const auto& [suite, locked] : install.suites) {
      auto& newest = known_.try_emplace(suite, locked).first->second;
      if (newest.date < locked.date) newest = locked;
    }
}

const DebSuite& DebSuites::suite(const DebSource& source, const std::string& architecture) {
  const auto key = std::tuple(source.name, source.uri, architecture);
  if (const auto found = suites_.find(key); found != suites_.end()) return found->second;
  auto read = step(cat("reading the suite `", source.name, "` for ", architecture),
                   [&] { return this->read(source, architecture); });
  return suites_.emplace(key, std::move(read)).first->second;
}

DebSuite DebSuites::read(const DebSource& source, const std::string& architecture) const {
  const auto folder = cat("dists/", source.suite, "/");
  const auto what = cat("the InRelease file of `", source.name, "`");
  const auto text = text_of_archive(run_, source, cat(folder, "InRelease"), limits::release_bytes);
  const auto now = std::chrono::floor<std::chrono::seconds>(run_.context.runtime.clock());
  const auto signed_text = deb::verified(text, source.keyrings, what, now);
  const auto release = deb::parse_release(signed_text.body, what);
  deb::Freshness freshness{.now = now, .check_valid_until = source.check_valid_until};
  if (const auto known = known_.find(source.name); known != known_.end()) {
    freshness.locked_date = time_in_lock(known->second.date);
    freshness.locked_codename = known->second.codename;
  }
  deb::expect_fresh(release, source.suite, what, freshness);
  DebSuite out{.source = source,
               .locked = {.codename = release.codename,
                          .date = oci::rfc3339(release.date.time_since_epoch().count()),
                          .release = oci::Digest::of(signed_text.body),
                          .signed_by = signed_text.signed_by},
               .has_security_updates = release.has_security_updates(),
               .indexes = {}};
  for (const auto& component : source.components) {
    const auto path = release.packages_file(component, architecture);
    if (!path) continue;
    out.indexes.push_back(std::make_shared<const deb::PackageIndex>(
        source.name, packages_text(source, release.files.at(*path), *path, release.acquire_by_hash),
        cat("the index of `", source.name, "` ", component)));
  }
  if (out.indexes.empty())
    throw Error(
        ErrorKind::usage,
        cat("the suite `", source.name, "` has no packages of ", join(source.components, ", "), " for ", architecture),
        "check `components` of the source and `platforms` of the image");
  return out;
}

// By its digest, so that an update of the mirror between two requests does no harm.
std::string DebSuites::packages_text(const DebSource& source, const deb::IndexFile& file, std::string_view path,
                                     bool by_hash) const {
  const auto folder = path.substr(0, path.rfind('/') + 1);
  const auto in_suite = by_hash ? cat(folder, "by-hash/SHA256/", file.digest.hex()) : std::string(path);
  const auto what = cat("`", path, "` of the suite `", source.name, "`");
  const auto packed =
      take_from_archive(run_, source, cat("dists/", source.suite, "/", in_suite), file.digest, file.size, what);
  return layers::decompressed(file_source(packed), what, limits::package_index_bytes);
}

}  // namespace lapstrake::app
