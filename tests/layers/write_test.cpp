#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <set>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;
using oci::Codec;

namespace {

// Text that compresses, and is never the same twice.
std::string words(std::size_t size, unsigned seed) {
  std::uint32_t state = seed + 1;
  std::string out;
  out.reserve(size + 16);
  while (out.size() < size) {
    state = state * 1664525u + 1013904223u;
    out += "word ", out += static_cast<char>(state >> 24), out += static_cast<char>(state >> 16);
  }
  out.resize(size);
  return out;
}

std::vector<Entry> small_tree() {
  std::vector<Entry> entries = {folder("srv"), file("srv/empty"), file("srv/big", words(1'200'000, 1))};
  for (unsigned i = 0; i < 200; ++i) entries.push_back(file(cat("srv/c", 1000 + i), words(i * 97, i)));
  entries.push_back(link(Kind::hardlink, "srv/hard", "srv/big"));
  entries.push_back(link(Kind::symlink, "srv/soft", "big"));
  return entries;
}

// Where the deflate blocks of a piece begin: behind each full flush. The raw bytes of each piece.
std::vector<std::string> pieces_of(const std::string& gzip) {
  std::vector<std::string> out(1);
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, -15) == Z_OK);
  std::string room(1 << 20, '\0');
  for (std::size_t at = 10;;) {  // byte by byte, so that what a flush gave is seen before the next piece
    const std::size_t mark = gzip.find(std::string("\0\0\xff\xff", 4), at);
    const std::size_t end = mark == std::string::npos ? gzip.size() - 8 : mark + 4;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data() + at));
    stream.avail_in = static_cast<uInt>(end - at);
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    const int code = inflate(&stream, Z_SYNC_FLUSH);
    REQUIRE((code == Z_OK || code == Z_STREAM_END));
    out.back().append(room, 0, room.size() - stream.avail_out);
    if (code == Z_STREAM_END) break;
    out.emplace_back();
    at = end;
  }
  inflateEnd(&stream);
  out.pop_back();  // the final, empty block
  return out;
}

int run(const std::string& command) { return std::system(command.c_str()); }

}  // namespace

TEST_CASE("a layer's bytes do not depend on the number of threads") {
  const auto codec = GENERATE(Codec::gzip, Codec::zstd, Codec::none);
  const auto tree = small_tree();
  const Layer one = layer_of(tree, {.compression = {codec, {}}, .jobs = 1});
  for (const unsigned jobs : {2u, 3u, 8u}) {
    const Layer many = layer_of(tree, {.compression = {codec, {}}, .jobs = jobs});
    CHECK(many.bytes == one.bytes);
    CHECK(many.written.digest == one.written.digest);
  }
}

TEST_CASE("a layer's diff_id does not depend on its compression, and its digest is that of its bytes") {
  const auto codec = GENERATE(Codec::gzip, Codec::zstd, Codec::none);
  const auto tree = small_tree();
  const Layer plain = layer_of(tree, {.compression = {Codec::none, {}}});
  const Layer layer = layer_of(tree, {.compression = {codec, {}}});
  CHECK(layer.written.diff_id == oci::Digest::of(plain.bytes));
  CHECK(layer.written.digest == oci::Digest::of(layer.bytes));
  CHECK(layer.written.size == layer.bytes.size());
  CHECK(layer.written.tar_size == plain.bytes.size());
  CHECK(layer.written.tar_size == estimated_tar_size(tree));
}

TEST_CASE("a layer says its media type") {
  CHECK(layer_of({}, {.compression = {Codec::none, {}}}).written.media_type == oci::media_type::layer);
  CHECK(layer_of({}, {.compression = {Codec::gzip, {}}}).written.media_type == oci::media_type::layer_gzip);
  CHECK(layer_of({}, {.compression = {Codec::zstd, {}}}).written.media_type == oci::media_type::layer_zstd);
}

TEST_CASE("gzip is one member: header, pieces, one end") {
  TempDir dir;
  dir.write("l.gz", layer_of(small_tree(), {.jobs = 2}).bytes);
  CHECK(dir.read("l.gz").substr(0, 10) == std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
  CHECK(run(cat("python3 -c \"import zlib; d = zlib.decompressobj(wbits=31); t = d.decompress(open('",
                (dir / "l.gz").string(),
                "','rb').read()); assert d.eof and d.unused_data == b'' and len(t) % 512 == 0\"")) == 0);
}

TEST_CASE("pieces are cut at the ends of files, and big files at fixed places") {
  const auto pieces = pieces_of(layer_of(small_tree(), {}).bytes);
  REQUIRE(pieces.size() > 6);
  std::size_t whole = 0, in_front = 1024, big = 512 + (1'200'000 + 511) / 512 * 512;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    CHECK(pieces[i].size() <= 512 << 10);
    whole += pieces[i].size();
  }
  CHECK(whole == estimated_tar_size(small_tree()));
  CHECK(pieces[0].size() == in_front);  // what comes before a big file is a piece of its own
  for (std::size_t i = 1; i <= big / (512 << 10); ++i) CHECK(pieces[i].size() == 512 << 10);
  for (std::size_t i = 2 + big / (512 << 10); i + 1 < pieces.size(); ++i) CHECK(pieces[i].size() >= 128 << 10);
}

TEST_CASE("a change of one file changes no piece but its own") {
  auto tree = small_tree();
  const auto before = pieces_of(layer_of(tree, {}).bytes);
  tree[2] = file("srv/big", words(1'700'000, 9));  // another length even
  const auto after = pieces_of(layer_of(tree, {}).bytes);
  CHECK(after.front() == before.front());
  CHECK(std::equal(before.end() - 3, before.end(), after.end() - 3));
}

TEST_CASE("an entry that comes, goes or grows moves few cuts, wherever it is and however big its neighbours are",
          "[one thread]") {
  const std::size_t usual = GENERATE(2'000u, 8'000u, 60'000u, 180'000u);
  std::vector<Entry> tree;
  for (unsigned i = 0; i < 8'000'000 / usual; ++i) tree.push_back(file(cat("f", 100'000 + i), words(usual, i)));
  const auto before = pieces_of(layer_of(tree, {}).bytes);
  const std::size_t where = GENERATE(0u, 7u);
  if (GENERATE(true, false))
    tree.insert(tree.begin() + static_cast<std::ptrdiff_t>(where),
                file(cat("f", 100'000 + where, "x"), words(70'000, 5)));
  else
    tree.erase(tree.begin() + static_cast<std::ptrdiff_t>(where));
  const auto after = pieces_of(layer_of(tree, {}).bytes);
  const std::set<std::string> known(before.begin(), before.end());
  const auto changed =
      std::count_if(after.begin(), after.end(), [&](const auto& piece) { return !known.contains(piece); });
  CHECK(changed <= 6);
  CHECK(after.size() > 16);
}

TEST_CASE("other programs read what we write") {
  TempDir dir;
  const auto codec = GENERATE(Codec::gzip, Codec::zstd, Codec::none);
  auto tree = small_tree();
  tree.insert(tree.begin(), file("long/" + std::string(255, 'n') + "/" + std::string(100, 'x'), "deep"));
  tree.insert(tree.begin(), file("caf\xc3\xa9 \xff", "odd"));
  dir.write("layer", layer_of(tree, {.compression = {codec, {}}, .mtime = 1, .jobs = 2}).bytes);
  const std::string program = GENERATE("tar", "bsdtar");
  if (program == "tar" && codec == Codec::zstd) REQUIRE(run("which zstd > /dev/null") == 0);
  const std::string option = program == "bsdtar" || codec == Codec::none ? "" : codec == Codec::gzip ? "z" : " --zstd ";
  REQUIRE(run(cat("mkdir ", (dir / "out").string())) == 0);
  REQUIRE(run(cat("cd ", (dir / "out").string(), " && ", program, " -x", option, option == " --zstd " ? "-f" : "f",
                  " ../layer")) == 0);
  CHECK(dir.read("out/srv/big") == words(1'200'000, 1));
  CHECK(dir.read("out/srv/c1199") == words(199 * 97, 199));
  CHECK(dir.read("out/caf\xc3\xa9 \xff") == "odd");
  CHECK(dir.read("out/long/" + std::string(255, 'n') + "/" + std::string(100, 'x')) == "deep");
  CHECK(std::filesystem::hard_link_count(dir / "out/srv/big") == 2);
  CHECK(std::filesystem::read_symlink(dir / "out/srv/soft") == "big");
}

TEST_CASE("python's tarfile reads names of 101, 255 and 4000 bytes and every attribute") {
  TempDir dir;
  std::string deep;
  while (deep.size() < 3990) deep += std::string(99, 'd') + "/";
  Entry odd = file("x\xe9", "1");
  odd.mode = 04711, odd.uid = 4000000000u, odd.gid = 33;
  dir.write("l.gz",
            layer_of({file(std::string(101, 'a'), "2"), file(std::string(255, 'b')), file(deep + "end", "3"), odd},
                     {.mtime = 86400})
                .bytes);
  dir.write("read.py", R"(
import sys, tarfile
members = tarfile.open(sys.argv[1]).getmembers()
assert [len(m.name) for m in members] == [101, 255, 4003, 2], [len(m.name) for m in members]
odd = members[3]
assert odd.name.encode('utf-8', 'surrogateescape') == b'x\xe9'
assert (odd.mode, odd.uid, odd.gid, odd.mtime, odd.uname, odd.gname) == (0o4711, 4000000000, 33, 86400, '', '')
)");
  CHECK(run(cat("python3 ", (dir / "read.py").string(), " ", (dir / "l.gz").string())) == 0);
}

TEST_CASE("a host's file is read, in any size") {
  TempDir dir;
  const std::size_t size = GENERATE(0u, 1u, 511u, 512u, 262144u, 600000u);
  const auto path = dir.write("f", words(size, 3));
  const Layer layer = layer_of({from_host("f", path)}, {.compression = {Codec::none, {}}});
  CHECK(layer.bytes == layer_of({file("f", words(size, 3))}, {.compression = {Codec::none, {}}}).bytes);
}

TEST_CASE("a file that changes is an error, never a layer") {
  TempDir dir;
  const auto path = dir.write("f", words(1'000'000, 3));
  const bool before = GENERATE(true, false);  // before it is opened, or in the middle of it
  const std::string change =
      GENERATE("shrinks", "grows", "is rewritten", "is another", "vanishes", "is a link", "is a fifo");
  const auto entry = from_host("f", path);
  const auto act = [&] {
    if (change == "shrinks") REQUIRE(::truncate(path.c_str(), 100) == 0);
    if (change == "grows") dir.write("f", words(1'000'001, 3));
    if (change == "is rewritten") dir.write("f", words(1'000'000, 4));
    if (change == "is another") dir.write("g", words(1'000'000, 3)), std::filesystem::rename(dir / "g", path);
    if (change == "vanishes") std::filesystem::remove(path);
    if (change == "is a link") std::filesystem::remove(path), std::filesystem::create_symlink("/etc/shadow", path);
    if (change == "is a fifo") std::filesystem::remove(path), static_cast<void>(::mkfifo(path.c_str(), 0600));
  };
  // An open file whose name was taken away (its times change with that) is still told.
  bool changed = false;
  if (before) act(), changed = true;
  const Sink sink = [&](Bytes) {
    if (!std::exchange(changed, true)) act();
  };
  try {
    write_layer({entry}, {.compression = {Codec::none, {}}}, sink);
    FAIL("a layer was written though the file " << change);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    CHECK_THAT(error.summary(), Contains("changed while it was read"));
    CHECK_THAT(report(error), Contains("lapstrake.yaml:3:5"));
  }
}

TEST_CASE("a sparse file of 8 GiB and more is announced, and a hole of a TiB is refused") {
  TempDir dir;
  const auto path = dir.write("f", "");
  REQUIRE(::truncate(path.c_str(), (off_t{1} << 33) + 1) == 0);
  std::string start;
  struct Enough {};
  CHECK_THROWS_AS(write_layer({from_host("f", path)}, {.compression = {Codec::none, {}}},
                              [&](Bytes bytes) { start = as_text(bytes.first(2048)), throw Enough(); }),
                  Enough);
  CHECK(start.find(" size=8589934593\n") != std::string::npos);
  REQUIRE(::truncate(path.c_str(), off_t{1} << 40) == 0);
  try {
    layer_of({from_host("f", path)});
    FAIL("it was written");
  } catch (const Error& error) {
    CHECK_THAT(report(error), Contains("1.0 TiB") || Contains("1024.0 GiB"));
  }
}

TEST_CASE("progress counts up to the tar's size, and a stop ends the work") {
  std::uint64_t seen = 0;
  const Layer layer = layer_of(small_tree(), {.jobs = 2, .progress = [&](std::uint64_t size) {
                                                CHECK(size > seen);
                                                seen = size;
                                              }});
  CHECK(seen == layer.written.tar_size);
  std::stop_source stop;
  stop.request_stop();
  const unsigned jobs = GENERATE(1u, 2u);
  CHECK_THROWS_AS(layer_of(small_tree(), {.jobs = jobs, .stop = stop.get_token()}), Interrupted);
}

TEST_CASE("the levels of the table are those that make a layer") {
  const auto codec = GENERATE(Codec::gzip, Codec::zstd);
  const int most = oci::most_level(codec);
  CHECK_NOTHROW(layer_of({file("f", "x")}, {.compression = {codec, GENERATE_COPY(1, most)}}));
  CHECK_THROWS_AS(layer_of({}, {.compression = {codec, GENERATE_COPY(-1, 0, most + 1)}}), Error);
}

TEST_CASE("levels are obeyed") {
  const auto codec = GENERATE(Codec::gzip, Codec::zstd);
  const std::vector<Entry> tree = {file("f", words(300'000, 1))};
  CHECK(layer_of(tree, {.compression = {codec, 8}}).bytes != layer_of(tree, {.compression = {codec, 1}}).bytes);
}

TEST_CASE("the byte format names the libraries") {
  CHECK_THAT(byte_format(), Contains("2 (libarchive 3.") && Contains(", libdeflate 1.") && Contains(", zstd 1."));
}

// When this fails, the byte format must be raised: caches of the old one are believed otherwise.
TEST_CASE("the bytes of this byte format are these") {
  if (byte_format() != "2 (libarchive 3.6.2, libdeflate 1.14, zstd 1.5.4)")
    return;  // with other libraries: other bytes
  std::vector<Entry> tree = small_tree();
  std::uint32_t state = 7;
  std::string noise(900'000, '\0');
  for (char& c : noise) c = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  tree.push_back(file("srv/z.png", noise));
  for (unsigned i = 0; i < 40; ++i) tree.push_back(file(cat("srv/z/", i), words(30'000 + i * 999, i)));
  const auto digest = [&](Codec codec) { return layer_of(tree, {.compression = {codec, {}}}).written.digest.text(); };
  CHECK(digest(Codec::gzip) == "sha256:40574da24def8a355ed53201ab1cae22ea160d622392a5e1147a3f21a97b6bfb");
  CHECK(digest(Codec::zstd) == "sha256:c343f082876b4fd29e8973131ab0cc4ac6a8a40c9af5648bd8e8837b1a4e44f6");
  CHECK(digest(Codec::none) == "sha256:7fec88e21588bc968432059f37ee05359c43df8f8f46b49005ec54c750d9c58e");
}
