// deb_root TAR DEB...: writes what the build makes of the packages, in an image without a base, as a tar with
// documentation. For comparisons with dpkg (oracle.py). The notes go to stderr. With the environment variable STORE,
// unpacked packages are kept in that folder.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/install.hpp>
#include <lapstrake/packages/deb/scripts.hpp>

#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::deb;
namespace fs = std::filesystem;

namespace {

void unpack(const fs::path& path, const fs::path& into) {
  std::ifstream in(path, std::ios::binary);
  std::ofstream out(into, std::ios::binary);
  const Source source = [&](std::span<std::byte> room) {
    in.read(reinterpret_cast<char*>(room.data()), static_cast<std::streamsize>(room.size()));
    return static_cast<std::size_t>(in.gcount());
  };
  UnpackedArchiveWriter writer([&](Bytes bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  });
  unpack_deb(source, path.string(), {}, writer, {.packed_bytes = fs::file_size(path)});
  writer.finish();
}

Deb opened(const fs::path& path, const fs::path& store) {
  const auto place = store / path.filename();
  auto archive = UnpackedArchive::open(place, path.filename().string(), path.string());
  if (!archive) {
    unpack(path, place);
    archive = UnpackedArchive::open(place, path.filename().string(), path.string());
  }
  const auto shared = std::make_shared<const UnpackedArchive>(std::move(archive.value()));
  const auto* control = shared->find(cat(control_folder, "/control"));
  const auto text = shared->text(*control);
  const auto stanza = single_stanza(text, path.string());
  return {.name = std::string(stanza.value("Package")),
          .version = std::string(stanza.value("Version")),
          .architecture = std::string(stanza.value("Architecture")),
          .archive = shared,
          .path = path};
}

void write_tar(const fs::path& path, const std::vector<layers::Entry>& entries) {
  std::ofstream out(path, std::ios::binary);
  layers::WriteOptions options;
  options.compression.codec = oci::Codec::none;
  layers::write_layer(entries, options, [&](Bytes bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  });
}

int run(const std::vector<std::string>& arguments) {
  const TempDir temporary;
  const auto* kept = std::getenv("STORE");
  const fs::path store = kept == nullptr ? temporary.path() : fs::path(kept);
  const auto& table = EffectTable::built_in();
  std::vector<Deb> packages;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    packages.push_back(opened(arguments[i], store));
    const auto review = lapstrake::packages::deb::review(packages.back(), table, {});
    if (review.kind == ScriptReview::Kind::unknown || review.kind == ScriptReview::Kind::changed)
      std::fprintf(stderr, "%s: %s\n", packages.back().name.c_str(), review.note().c_str());
  }
  const layers::BaseFiles below;
  Root root(below);
  for (const auto& deb : packages) root.add(deb, Docs::keep);
  const auto installed =
      install(packages, below, table, {.docs = Docs::keep, .accounts = allocate(root, packages, table, {})});
  for (const auto& note : installed.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  write_tar(arguments[0], installed.entries);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 2;
  try {
    return run({arguments + 1, arguments + count});
  } catch (const Error& error) {
    std::fputs(report(error).c_str(), stderr);
    return 1;
  }
}
