#include <functional>
#include <lapstrake/layers/inventory.hpp>

#include "layers/entries.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;
using oci::Codec;
using What = Change::What;

namespace {

const ContentMac key{std::byte{1}};

// Deterministic, and no two parts alike.
std::string noise(std::size_t size, std::uint64_t seed = 1) {
  std::string text(size, ' ');
  for (char& c : text) c = static_cast<char>((seed = seed * 6364136223846793005 + 1442695040888963407) >> 56);
  return text;
}

std::string written(const std::vector<Entry>& entries, WriteOptions options = {}) {
  if (!options.key) options.key = key;
  const auto layer = layer_of(entries, options);
  std::string bytes;
  write_inventory(entries, options, layer.written, [&](Bytes part) { bytes += as_text(part); });
  return bytes;
}

Inventory noted(const std::vector<Entry>& entries, const WriteOptions& options = {}) {
  auto read = inventory(written(entries, options));
  REQUIRE(read);
  return std::move(*read);
}

WriteOptions with_codec(Codec codec) { return {.compression = {codec, {}}}; }

// "what path", of what changed between two layers.
std::vector<std::string> told(const Inventory& before, const Inventory& after) {
  std::vector<std::string> out;
  for (const auto& change : changes(before, after))
    out.push_back(std::string(name_of(change.what)) + " " + change.path);
  return out;
}

using Texts = std::vector<std::string>;

std::vector<Entry> small_tree() {
  auto owned = file("a/owned", "text");
  owned.uid = 33, owned.gid = 34, owned.mode = 04755;
  auto able = file("a/able", "text");
  able.xattrs = oci::Xattrs{{"user.mood", "good"}};
  return {folder("a"), able, owned, link(Kind::symlink, "a/soft", "owned"), link(Kind::hardlink, "b", "a/owned")};
}

}  // namespace

TEST_CASE("an inventory reads back as it was written") {
  const auto codec = GENERATE(Codec::gzip, Codec::zstd, Codec::none);
  const auto entries = small_tree();
  const WriteOptions options{.compression = {codec, {}}, .mtime = 7};
  const auto read = noted(entries, options);
  CHECK(read.byte_format == byte_format());
  CHECK(read.codec == codec);
  CHECK(read.mtime == 7);
  CHECK(read.key == key);
  REQUIRE(read.items.size() == entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& item = read.items[i];
    const auto& entry = entries[i];
    INFO(entry.path);
    CHECK(item.path == entry.path);
    CHECK(item.kind == entry.kind);
    CHECK(item.mode == entry.mode);
    CHECK(item.uid == entry.uid);
    CHECK(item.gid == entry.gid);
    CHECK(item.size == entry.size);
    CHECK(item.target == *entry.target);
    CHECK((item.xattrs == ContentMac{}) == entry.xattrs->empty());
  }
}

TEST_CASE("an inventory knows where each entry lies in the tar") {
  const std::vector<Entry> entries{folder("a"), file("a/b", noise(1'500'000)), file("a/" + std::string(300, 'c'), "1"),
                                   file("d")};
  const auto options = with_codec(Codec::none);
  const auto tar = layer_of(entries, options).bytes;
  const auto read = noted(entries, options);
  for (const auto& item : read.items) {
    INFO(item.path);
    // From its header on the tar is one that begins with it.
    CHECK(entries_of(tar.substr(item.tar_at)).at(0).path == item.path);
  }
}

TEST_CASE("the least inventories read back too") {
  CHECK(noted({}).items.empty());
  CHECK(noted({file("a")}).items.at(0).path == "a");
}

TEST_CASE("a large inventory is handed on in parts, and reads back") {
  std::vector<Entry> entries;
  for (int i = 0; i < 2'000; ++i) entries.push_back(file("folder/file" + std::to_string(i), std::to_string(i)));
  const auto read = noted(entries);
  REQUIRE(read.items.size() == entries.size());
  CHECK(read.items.back().path == entries.back().path);
  CHECK(told(read, noted(entries)).empty());
}

TEST_CASE("an inventory with any byte changed or missing is none") {
  const auto whole = written(small_tree());
  REQUIRE(inventory(whole));
  std::size_t believed = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto damaged = whole;
    damaged[i] ^= 1;
    believed += inventory(damaged).has_value() + inventory(std::string_view(whole).substr(0, i)).has_value();
  }
  CHECK(believed == 0);
  CHECK_FALSE(inventory(whole + "x"));
}

TEST_CASE("an inventory that is whole but claims what is not there is none") {
  const auto whole = written({file("a"), file("b")});
  constexpr std::size_t magic = 22;
  const auto count_at = magic + 8 + byte_format().size() + 3 * 8 + 16;
  REQUIRE(whole[count_at] == 2);
  const char claimed = GENERATE(char{1}, char{3}, char{127});
  auto body = whole.substr(magic, whole.size() - magic - 32);
  body[count_at - magic] = claimed;
  CHECK_FALSE(inventory(whole.substr(0, magic) + body + std::string(as_text(sha256(as_bytes(body))))));
}

TEST_CASE("what changed is told entry by entry, in the layer's order") {
  const struct {
    Texts told;
    std::function<void(std::vector<Entry>&)> act;
  } cases[] = {
      {Texts{}, [](auto&) {}},
      {Texts{"content a/able"}, [](auto& tree) { tree[1].content = "tEXT"; }},
      {Texts{"content a/able"}, [](auto& tree) { tree[1].content = "longer", tree[1].size = 6; }},
      {Texts{"mode a"}, [](auto& tree) { tree[0].mode = 0700; }},
      {Texts{"owner a/owned"}, [](auto& tree) { tree[2].uid = 0; }},
      {Texts{"owner a/owned"}, [](auto& tree) { tree[2].gid = 0; }},
      {Texts{"target a/soft"}, [](auto& tree) { tree[3].target = "able"; }},
      {Texts{"target b"}, [](auto& tree) { tree[4].target = "a/able"; }},
      {Texts{"kind b"}, [](auto& tree) { tree[4] = file("b", "text"); }},
      {Texts{"xattrs a/able"},
       [](auto& tree) {
         tree[1].xattrs = oci::Xattrs{{"user.mood", "bad"}};
       }},
      {Texts{"xattrs a/able"}, [](auto& tree) { tree[1].xattrs = oci::Xattrs{}; }},
      {Texts{"added c"}, [](auto& tree) { tree.push_back(file("c")); }},
      {Texts{"removed b"}, [](auto& tree) { tree.pop_back(); }},
      {Texts{"added c", "removed b"}, [](auto& tree) { tree[4].path = "c"; }},
      {Texts{"mode a", "content a/able", "added z", "removed b"},
       [](auto& tree) { tree[0].mode = 0700, tree[1].content = "tEXT", tree[1].mode = 0600, tree[4].path = "z"; }},
  };
  for (const auto& [wanted, act] : cases) {
    auto after = small_tree();
    act(after);
    CHECK(told(noted(small_tree()), noted(after)) == wanted);
  }
}

TEST_CASE("a large content that stands still is not told, wherever pieces are cut", "[one thread]") {
  using Codecs = std::pair<Codec, Codec>;
  const auto [before_codec, after_codec] = GENERATE(Codecs{Codec::gzip, Codec::gzip}, Codecs{Codec::gzip, Codec::zstd},
                                                    Codecs{Codec::zstd, Codec::none}, Codecs{Codec::zstd, Codec::zstd});
  const std::size_t size = GENERATE(300'000u, 700'000u, 5'000'000u);
  auto big = file("b", noise(size));
  const auto before = noted({file("a"), big}, with_codec(before_codec));
  const auto with_neighbour = [&, codec = after_codec](const Entry& entry) {
    return told(before, noted({file("a"), file("aa", noise(200'000)), entry}, with_codec(codec)));
  };
  CHECK(with_neighbour(big) == Texts{"added aa"});
  big.xattrs = oci::Xattrs{{"user.long", std::string(3000, 'x')}};  // a longer header: other cuts
  CHECK(with_neighbour(big) == Texts{"added aa", "xattrs b"});
  big.xattrs = {};
  big.uid = 0xffff'fff0;  // likewise
  CHECK(with_neighbour(big) == Texts{"added aa", "owner b"});
}

TEST_CASE("one byte of a large content is told", "[one thread]") {
  const auto codec = GENERATE(Codec::gzip, Codec::zstd, Codec::none);
  auto text = noise(5'000'000);
  const auto before = noted({file("b", text)}, with_codec(codec));
  text[GENERATE(0u, 2'500'000u, 4'999'999u)] ^= 1;
  CHECK(told(before, noted({file("b", text)}, with_codec(codec))) == Texts{"content b"});
}

TEST_CASE("contents under another key are not compared, sizes and the rest are") {
  const ContentMac other{std::byte{2}};
  const auto before = noted(small_tree());
  auto tree = small_tree();
  CHECK(told(before, noted(tree, {.key = other})).empty());
  tree[1].content = "longer", tree[1].size = 6, tree[2].mode = 0600;
  CHECK(told(before, noted(tree, {.key = other})) == Texts{"content a/able", "mode a/owned"});
}

TEST_CASE("what makes all bytes others is told apart from entries") {
  const auto before = noted(small_tree());
  CHECK(wholesale_changes(before, noted(small_tree())).empty());
  CHECK(wholesale_changes(before, noted(small_tree(), {.mtime = 7})) == Texts{"SOURCE_DATE_EPOCH was 0 and is 7"});
  CHECK(wholesale_changes(before, noted(small_tree(), {.compression = {Codec::gzip, 9}})).at(0).ends_with("gzip 9"));
  CHECK(wholesale_changes(before, noted(small_tree(), with_codec(Codec::none))).at(0).ends_with(" and is none"));
  auto older = before;
  older.byte_format = "0 (another)";
  CHECK(wholesale_changes(older, before) == Texts{"the byte format was 0 (another) and is " + byte_format()});
}
