#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/bases.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::store;

namespace {

oci::Descriptor blob(const std::string& text, std::string_view type = oci::media_type::layer) {
  return oci::descriptor_of(text, type);
}

void spoil(const std::filesystem::path& file) {
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
}

}  // namespace

TEST_CASE("what a base's name stood for is known again, and the last word counts") {
  const TempDir dir;
  const auto store = Store::open(dir / "store");
  CHECK_FALSE(find_base(store, "r.example/base:v1"));
  keep_base(store, "r.example/base:v1", blob("one", oci::media_type::index));
  keep_base(store, "r.example/base:v1", blob("two", oci::media_type::index));
  CHECK(find_base(store, "r.example/base:v1") == blob("two", oci::media_type::index));
  CHECK_FALSE(find_base(store, "r.example/base:v2"));
  spoil(std::filesystem::directory_iterator(dir / "store/cache/bases")->path());
  CHECK_FALSE(find_base(store, "r.example/base:v1"));
}

TEST_CASE("a file tree belongs to all of its layers, in their order") {
  const TempDir dir;
  const auto store = Store::open(dir / "store");
  keep_tree(store, {blob("a"), blob("b")}, [](const Sink& sink) { sink(as_bytes("a tree")); });
  CHECK(find_tree(store, {blob("a"), blob("b")}) == "a tree");
  CHECK_FALSE(find_tree(store, {blob("b"), blob("a")}));
  CHECK_FALSE(find_tree(store, {blob("a")}));
}

TEST_CASE("a layer that lies elsewhere is known by its repository alone") {
  const TempDir dir;
  const auto store = Store::open(dir / "store");
  const auto layer = blob("a").digest;
  CHECK_FALSE(find_origin(store, layer));
  keep_origin(store, layer, oci::parse_registry_reference("r.example:5000/team/base:v1"));
  CHECK(find_origin(store, layer)->text() == "r.example:5000/team/base");
  dir.write(cat("store/cache/origins/", layer.hex()), "no reference: \x01");
  CHECK_FALSE(find_origin(store, layer));
}

TEST_CASE("an origin that cannot be written is an error, any other note is not") {
  TempDir dir;
  const auto store = Store::open(dir / "store");
  const auto layer = oci::Digest::of("layer");
  for (const auto* kind : {"origins", "bases"}) dir.write(cat("store/cache/", kind), "a file in the folder's place");
  std::filesystem::permissions(dir / "store/cache", std::filesystem::perms::owner_all);
  CHECK_THROWS_WITH(keep_origin(store, layer, {.host = "r.example", .repository = "base"}),
                    Contains((dir / "store/cache/origins").string()));
  CHECK_NOTHROW(keep_base(store, "r.example/base:v1", {.media_type = {}, .digest = layer, .size = 1}));
}

TEST_CASE("gc leaves what is known of bases that are in use") {
  const TempDir dir;
  const auto store = Store::open(dir / "store");
  const auto a = blob("a"), b = blob("b");
  keep_tree(store, {a}, [](const Sink& sink) { sink(as_bytes("of one")); });
  keep_tree(store, {b}, [](const Sink& sink) { sink(as_bytes("of another")); });
  for (const auto& layer : {a, b}) keep_origin(store, layer.digest, {.host = "r.example", .repository = "base"});
  prune_bases(store, {.manifests = {}, .blobs = {a.digest}, .chains = {{a, blob("c")}}});
  CHECK(find_tree(store, {a}));
  CHECK(find_origin(store, a.digest));
  CHECK_FALSE(find_tree(store, {b}));
  CHECK_FALSE(find_origin(store, b.digest));
}
