// Installs a package-lock.json to a folder, for tests/packages/npm/npm_peer.py.
//   npm_driver list LOCK CPU LIBC OMIT              PLACE, kind and location of each tarball needed
//   npm_driver install LOCK CPU LIBC OMIT FILES DIR  FILES: lines of PLACE, TAB, path of the tarball; DIR: the project
#include <fcntl.h>

#include <array>
#include <filesystem>
#include <iostream>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/integrity.hpp>
#include <lapstrake/packages/npm/select.hpp>
#include <lapstrake/packages/npm/tarball.hpp>
#include <lapstrake/packages/npm/tarball_source.hpp>
#include <lapstrake/packages/npm/tree.hpp>
#include <lapstrake/packages/random_access.hpp>
#include <map>

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::npm;
namespace fs = std::filesystem;

namespace {

Selection selection(char** words) {
  const auto lock = parse_lock_file(read_file(words[0]), cat("`", words[0], "`"));
  std::vector<std::string> omit;
  if (*words[3] != '\0') omit = split(words[3], ',');
  return select(lock, select_options({.cpu = words[1], .libc = words[2]}, omit));
}

bool needs_tarball(const LockedPackage& package) { return !package.link && !package.in_bundle; }

void print_list(const Selection& chosen) {
  constexpr std::array<std::string_view, 3> kinds{"registry", "url", "file"};
  for (const auto& package : chosen.packages) {
    if (!needs_tarball(package)) continue;
    const auto source = tarball_source(package);
    std::cout << package.place << '\t' << kinds.at(static_cast<std::size_t>(source.kind)) << '\t' << source.location
              << '\n';
  }
}

std::shared_ptr<const UnpackedArchive> unpacked_package(const LockedPackage& package, const fs::path& tarball,
                                                        const fs::path& scratch) {
  const auto what = cat("the tarball of `", package.name, "` ", package.version);
  const auto bytes = read_file(tarball, std::size_t{1} << 30);
  IntegrityCheck check(parse_integrity(package.integrity));
  check.write(as_bytes(bytes));
  const auto sums = check.finish(what);
  const auto path = scratch / sums.digest.hex();
  AtomicFile file(scratch);
  UnpackedArchiveWriter out([&](Bytes part) { file.write(part); });
  unpack_tarball(source_of(bytes), what, {.name = package.name, .version = package.version}, out,
                 {.packed_bytes = bytes.size()});
  out.finish();
  file.publish_unsynced(path);
  auto archive = UnpackedArchive::open(path, what, sums.digest.text());
  if (!archive) throw Error(ErrorKind::internal, cat("cannot read ", path.string()));
  return std::make_shared<const UnpackedArchive>(std::move(*archive));
}

void write_content(const layers::Entry& entry, const fs::path& path) {
  std::string text;
  if (const auto* given = std::get_if<std::string>(&entry.content)) {
    text = *given;
  } else {
    const auto& part = std::get<layers::Spooled>(entry.content);
    const FileDescriptor file(::open(part.file->path.c_str(), O_RDONLY | O_CLOEXEC));
    text.resize(entry.size);
    random_access(file.get(), "the content").read(part.offset, std::as_writable_bytes(std::span(text)));
  }
  write_file(path, text, entry.mode);
}

void write_tree(const std::vector<layers::Entry>& entries, const fs::path& folder) {
  for (const auto& entry : entries) {
    const auto path = folder / entry.path;
    fs::create_directories(path.parent_path());
    if (entry.kind == layers::Kind::symlink)
      fs::create_symlink(*entry.target, path);
    else if (entry.kind == layers::Kind::file)
      write_content(entry, path);
    else
      make_folder(path, entry.mode);
  }
}

void install(const Selection& chosen, const fs::path& files, const fs::path& folder) {
  std::map<std::string, std::string> tarballs;
  for (const auto& line : split(read_file(files), '\n'))
    if (const auto tab = line.find('\t'); tab != line.npos) tarballs[line.substr(0, tab)] = line.substr(tab + 1);
  const auto scratch = folder / ".unpacked";
  fs::create_directories(scratch);
  std::vector<InstalledPackage> packages;
  for (const auto& package : chosen.packages) {
    packages.push_back({.package = package});
    if (needs_tarball(package))
      packages.back().archive = unpacked_package(package, tarballs.at(package.place), scratch);
  }
  write_tree(tree(packages, {.into = "node_modules"}), folder);
  fs::remove_all(scratch);
}

}  // namespace

int main(int count, char** words) try {
  if (count < 6) return 2;
  const auto chosen = selection(words + 2);
  if (std::string_view(words[1]) == "list") {
    print_list(chosen);
    return 0;
  }
  if (count != 8) return 2;
  install(chosen, words[6], words[7]);
  return 0;
} catch (const Error& error) {
  std::cerr << report(error);
  return static_cast<int>(error.kind());
}
