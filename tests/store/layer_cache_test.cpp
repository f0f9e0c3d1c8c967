#include <lapstrake/store/layer_cache.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::store;

namespace {

struct Shelf {
  TempDir dir;
  Store store = Store::open(dir / "store");
  oci::Digest fingerprint = oci::Digest::of("a layer");
  CachedLayer layer{.diff_id = oci::Digest::of("its tar"), .blob = store.put("its blob", "a/b"), .tar_size = 7};

  Shelf() { keep_layer(store, fingerprint, layer); }
  std::filesystem::path file() const { return dir / "store" / "cache/layers" / fingerprint.hex(); }
};

}  // namespace

TEST_CASE("a layer that was kept is found by its fingerprint, and by no other") {
  const Shelf shelf;
  const auto found = find_layer(shelf.store, shelf.fingerprint);
  REQUIRE(found);
  CHECK(found->diff_id == shelf.layer.diff_id);
  CHECK(found->blob == shelf.layer.blob);
  CHECK(found->tar_size == 7);
  CHECK_FALSE(find_layer(shelf.store, oci::Digest::of("another")));
}

TEST_CASE("an entry with any byte changed, or cut anywhere, is no entry") {
  const Shelf shelf;
  const auto whole = shelf.dir.read("store/cache/layers/" + std::string(shelf.fingerprint.hex()));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    shelf.dir.write("store/cache/layers/" + std::string(shelf.fingerprint.hex()), damaged);
    CHECK_FALSE(find_layer(shelf.store, shelf.fingerprint));
    shelf.dir.write("store/cache/layers/" + std::string(shelf.fingerprint.hex()), whole.substr(0, at));
    CHECK_FALSE(find_layer(shelf.store, shelf.fingerprint));
  }
}

TEST_CASE("an entry whose blob is gone or of another size is no entry, and gc removes it") {
  Shelf shelf;
  const bool gone = GENERATE(true, false);
  if (gone)
    std::filesystem::remove(shelf.store.blob_path(shelf.layer.blob.digest));
  else
    std::filesystem::resize_file(shelf.store.blob_path(shelf.layer.blob.digest), 3);
  CHECK_FALSE(find_layer(shelf.store, shelf.fingerprint));
  std::filesystem::remove(shelf.store.blob_path(shelf.layer.blob.digest));
  prune_layers(shelf.store.root());
  CHECK_FALSE(std::filesystem::exists(shelf.file()));
}
