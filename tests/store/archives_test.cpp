#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/archives.hpp>
#include <lapstrake/store/cache_entries.hpp>

#include "samples.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::store;

TEST_CASE("gc keeps the archives that a ref was built from, and removes others") {
  const TempDir dir;
  const auto root = dir / "store";
  const auto unpacked = oci::Digest::of("unpacked 1"), other = oci::Digest::of("unpacked 2");
  const auto used = oci::Digest::of("a wheel"), unused = oci::Digest::of("another wheel");
  {
    const auto store = Store::open(root);
    store.set_ref("web", samples::put_image(store, {"one"}).root);
    store.put("a wheel", "");
    store.put("another wheel", "");
    keep_required_entry(store, unpacked_kind, unpacked, "members");
    keep_required_entry(store, unpacked_kind, other, "members");
    keep_archives_of(store, "web", {.blobs = {used}, .unpacked = {unpacked}});
    keep_archives_of(store, "gone", {.blobs = {unused}, .unpacked = {other}});
  }
  Store::gc(root, process_runtime());
  const auto store = Store::open(root);
  CHECK(store.has(used));
  CHECK_FALSE(store.has(unused));
  CHECK(find_cache_entry(store, unpacked_kind, unpacked));
  CHECK_FALSE(find_cache_entry(store, unpacked_kind, other));
  CHECK(archives_of(store, {"web"}).blobs == std::set{used});
  CHECK(archives_of(store, {"gone"}).empty());
}
