#include <fstream>
#include <lapstrake/app/packages/archives.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/cache_entries.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>
#include <support/temp_dir.hpp>

using namespace lapstrake;
using namespace lapstrake::app;

namespace {

// An archive is its one member.
struct Shop {
  TempDir dir;
  Context context{.runtime = process_runtime(), .store_root = dir / "store"};
  packages::LockedFile file{.name = "a.whl", .digest = oci::Digest::of("content"), .size = 7};
  unsigned downloads = 0, unpackings = 0;

  Archives archives() const { return Archives(context, store::Store::open(context.store_root)); }
  Archives::Download download() {
    return [this](const packages::LockedFile&) {
      ++downloads;
      store::Store::open(context.store_root).put("content", "");
    };
  }
  Unpacker unpacker() {
    return {.kind = "test 1",
            .expectation = [](const packages::LockedFile& archive) { return archive.name; },
            .unpack =
                [this](const packages::LockedFile&, const std::filesystem::path& archive,
                       packages::UnpackedArchiveWriter& out) {
                  ++unpackings;
                  out.add_file({.path = "member"})(as_bytes(read_file(archive)));
                }};
  }
  std::string text() {
    const auto archive = archives().unpacked(file, unpacker(), download());
    return archive.text(archive.members().at(0));
  }
};

}  // namespace

TEST_CASE("an archive is downloaded once and unpacked once") {
  Shop shop;
  CHECK(shop.text() == "content");
  CHECK(shop.text() == "content");
  CHECK(shop.downloads == 1);
  CHECK(shop.unpackings == 1);
}

TEST_CASE("a damaged unpacked archive is made again from the archive") {
  Shop shop;
  shop.text();
  const auto path = store::cache_entry_path(store::Store::open(shop.context.store_root), store::unpacked_kind,
                                            oci::Digest::of(cat("test 1 a.whl ", shop.file.digest.text())));
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  CHECK(shop.text() == "content");
  CHECK(shop.downloads == 1);
  CHECK(shop.unpackings == 2);
}

TEST_CASE("a damaged archive in the store is downloaded again") {
  Shop shop;
  shop.text();
  const auto store = store::Store::open(shop.context.store_root);
  const auto path = store.blob_path(shop.file.digest);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  std::ofstream(path) << "cOntent";
  std::filesystem::remove_all(shop.context.store_root / "cache/unpacked");
  CHECK(shop.text() == "content");
  CHECK(shop.downloads == 2);
}

TEST_CASE("an archive that fails to unpack leaves nothing behind, and the next attempt starts again") {
  Shop shop;
  const Unpacker failing{.kind = "test 1",
                         .expectation = [](const packages::LockedFile& archive) { return archive.name; },
                         .unpack =
                             [](const auto&, const auto&, packages::UnpackedArchiveWriter& out) {
                               out.add_file({.path = "member"})(as_bytes("half"));
                               throw Error(ErrorKind::integrity, "`a.whl` lies");
                             }};
  const auto error = failure_of([&] { shop.archives().unpacked(shop.file, failing, shop.download()); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(std::filesystem::is_empty(shop.context.store_root / "tmp"));
  CHECK(shop.text() == "content");
}

TEST_CASE("offline, an archive comes from the store or the vendor folder, or is an error that names it") {
  Shop shop;
  shop.context.connection.offline = true;
  const auto error = failure_of([&] { shop.text(); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK_THAT(error.summary(), Catch::Contains("`a.whl`"));
  store::Layout layout(shop.dir / "vendored");
  layout.create();
  layout.write_index(store::empty_index());
  layout.put({.media_type = {}, .digest = shop.file.digest, .size = 7},
             [](const Sink& sink) { sink(as_bytes("content")); }, {});
  shop.context.bases.vendor_folder = shop.dir / "vendored";
  CHECK(shop.text() == "content");
  CHECK(shop.downloads == 0);
}

TEST_CASE("what was taken is noted for gc") {
  Shop shop;
  const auto archives = shop.archives();
  archives.unpacked({shop.file}, shop.unpacker(), shop.download());
  CHECK(archives.used().blobs == std::set{shop.file.digest});
  CHECK(archives.used().unpacked.size() == 1);
}
