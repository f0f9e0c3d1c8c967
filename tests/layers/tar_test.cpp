#include <archive.h>
#include <locale.h>

#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <vector>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

// For its life the process is in the locale `name`.
struct Locale {
  explicit Locale(const char* name) { REQUIRE(setlocale(LC_ALL, name) != nullptr); }
  ~Locale() { setlocale(LC_ALL, "C"); }
};

std::string tar_of(const std::vector<Entry>& entries, std::size_t block = 64 << 10) {
  std::string out;
  TarWriter writer([&](Bytes bytes) { out += as_text(bytes); }, 7, block);
  for (const Entry& entry : entries) {
    writer.header(entry);
    if (entry.size > 0) writer.data(as_bytes(std::get<std::string>(entry.content)));
  }
  writer.finish();
  return out;
}

const std::vector<Entry> odd_names = {file("caf\xc3\xa9", "x"),
                                      file("cafe\xcc\x81 twin"),
                                      file("latin1-\xe9"),
                                      file("new\nline"),
                                      file("-rf"),
                                      file("\xd0\xbf\xd1\x80\xd0\xb8/" + std::string(255, 'n')),
                                      file("\xe6\x97\xa5\xe6\x9c\xac"),
                                      file(std::string(100, 'a')),
                                      file(std::string(101, 'b')),
                                      file(std::string(200, 'c') + "/" + std::string(90, 'd')),
                                      link(Kind::symlink, "s\xc3\xa9", "to-\xff-\xc3\xa9"),
                                      link(Kind::hardlink, "h\xc3\xa9", "caf\xc3\xa9"),
                                      link(Kind::symlink, "long", std::string(3000, 'l'))};

}  // namespace

TEST_CASE("a tar has the same bytes in every locale") {
  const std::string expected = tar_of(odd_names);
  const Locale locale(GENERATE("C", "C.UTF-8", "POSIX"));
  CHECK(tar_of(odd_names) == expected);
}

TEST_CASE("names are read back byte for byte in every locale") {
  const std::string tar = tar_of(odd_names);
  const Locale locale(GENERATE("C", "C.UTF-8"));
  const auto read = entries_of(tar);
  REQUIRE(read.size() == odd_names.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    CHECK(read[i].path == odd_names[i].path);
    CHECK(read[i].kind == odd_names[i].kind);
    CHECK(read[i].target == odd_names[i].target);
    CHECK(read[i].mtime == 7);
  }
}

TEST_CASE("names that other writers marked as UTF-8 are not normalised") {
  TempDir dir;
  const std::string name =
      "cafe\xcc\x81";  // a letter and a combining accent: libarchive would join them in a UTF-8 locale
  dir.write("t/" + name, "x");
  const bool gnu = GENERATE(true, false);
  const std::string command = gnu ? "tar --format=pax -C " : "bsdtar --format=pax -C ";
  REQUIRE(std::system(
              cat("LC_ALL=C.UTF-8 ", command, (dir / "t").string(), " -cf ", (dir / "t.tar").string(), " .").c_str()) ==
          0);
  const Locale locale(GENERATE("C", "C.UTF-8"));
  const auto read = entries_of(dir.read("t.tar"));
  REQUIRE(read.size() == 2);
  CHECK(read[0].path.empty());
  CHECK(read[1].path == name);
}

TEST_CASE("the size of blocks does not change a tar, and nothing is padded") {
  const std::vector<Entry> entries = {file("a", std::string(700, 'a')), file("b", "b")};
  const std::string tar = tar_of(entries);
  CHECK(tar.size() == 512 + 1024 + 512 + 512 + 1024);
  CHECK(tar_of(entries, GENERATE(0u, 1u, 512u, 10240u)) == tar);
}

TEST_CASE("without blocks the sink gets each entry whole before the next begins") {
  std::vector<std::size_t> ends;
  std::size_t total = 0;
  TarWriter writer([&](Bytes bytes) { total += bytes.size(); }, 0, 0);
  for (const Entry& entry : {file("a", "abc"), file("b"), file("c", std::string(513, 'c'))}) {
    writer.header(entry);
    if (entry.size > 0) writer.data(as_bytes(std::get<std::string>(entry.content)));
    ends.push_back(total);
  }
  CHECK(ends == std::vector<std::size_t>{1024, 1536, 3072});
}

TEST_CASE("an extended attribute is written once, and binary values survive") {
  Entry entry = file("bin", "x");
  entry.xattrs =
      oci::Xattrs{{"security.capability", std::string("\x01\0\0\x02\0\x04", 6)}, {"user.b", ""}, {"user.a", "=\n"}};
  const std::string tar = tar_of({entry});
  CHECK(tar.find("LIBARCHIVE") == std::string::npos);
  const auto first = tar.find("SCHILY.xattr.security.capability=");
  REQUIRE(first != std::string::npos);
  CHECK(tar.find("SCHILY.xattr.security.capability=", first + 1) == std::string::npos);
  CHECK(tar.find("SCHILY.xattr.user.a=") < tar.find("SCHILY.xattr.user.b="));
  CHECK(entries_of(tar).at(0).xattrs == entry.xattrs);
}

TEST_CASE("owners, modes and sizes of any height are written and read") {
  Entry entry = file("f");
  entry.mode = 06755;
  entry.uid = GENERATE(0u, 2097151u, 2097152u, 4294967295u);
  entry.gid = entry.uid;
  const auto read = entries_of(tar_of({entry})).at(0);
  CHECK(read.mode == 06755);
  CHECK(read.uid == entry.uid);
  CHECK(read.gid == entry.gid);
}

TEST_CASE("a file of more than 8 GiB has its size in an extended header") {
  Entry entry = file("big");
  entry.size = (std::uint64_t{1} << 33) + 5;
  std::string out;
  TarWriter writer([&](Bytes bytes) { out += as_text(bytes); }, 0, 0);
  writer.header(entry);
  CHECK(out.find(" size=8589934597\n") != std::string::npos);
}

TEST_CASE("a writer that is given too much or too little says so") {
  TarWriter writer([](Bytes) {}, 0);
  writer.header(file("a", "abc"));
  CHECK_THROWS_AS(writer.data(as_bytes("abcd")), Error);
  writer.data(as_bytes("ab"));
  CHECK_THROWS_AS(writer.header(file("b")), Error);
  CHECK_THROWS_AS(writer.finish(), Error);
}

TEST_CASE("a sink's failure comes back as it was thrown, and the sink is left alone after it") {
  int calls = 0;
  {
    TarWriter writer([&](Bytes) { ++calls, throw Error(ErrorKind::network, "gone"); }, 0, 0);
    try {
      writer.header(file("a"));
      FAIL("nothing was thrown");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::network);
    }
    CHECK_THROWS_AS(writer.finish(), Error);
  }
  CHECK(calls == 1);
}

TEST_CASE("a writer that is dropped unfinished writes nothing more") {
  std::size_t total = 0;
  {
    TarWriter writer([&](Bytes bytes) { total += bytes.size(); }, 0, 0);
    writer.header(file("a"));
  }
  CHECK(total == 512);
}

TEST_CASE("more than a MiB of names and attributes is refused") {
  Entry entry = file("a");
  entry.xattrs = oci::Xattrs{{"user.big", std::string(1 << 20, 'x')}};
  TarWriter writer([](Bytes) {}, 0);
  try {
    writer.header(entry);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
  }
}

TEST_CASE("what is not a tar is refused by name") {
  const std::string text =
      GENERATE(std::string("hello"), std::string(), std::string("\x1f\x8b\x08"), std::string(3000, 'x'),
               std::string("\x28\xb5\x2f\xfd junk"), std::string("BZh91AY&SY"), std::string("PK\x03\x04"),
               std::string("#mtree\n./x type=file content=/etc/passwd\n"));
  try {
    entries_of(text);
    FAIL("it was read");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK_THAT(error.summary(), Contains("the tar"));
  }
}

TEST_CASE("a name with a NUL in an extended header is refused, wherever its block ends") {
  const char type = GENERATE('x', 'g');
  const std::size_t before =
      GENERATE(std::size_t{0}, std::size_t{100}, (256u << 10) - 1536, (256u << 10) - 1024, std::size_t{1} << 20);
  const auto tar_with = [&](const std::string& record) {
    auto tar = tar_of({file("before", std::string(before, 'b'))});
    tar.resize(tar.size() - 1024);  // without the two blocks of its end
    const auto records = cat(record.size() + 2, record);
    REQUIRE(records.size() < 100);
    auto header = tar_of({file("pax", records)});
    header.resize(1024);
    header[156] = type;
    std::ranges::fill(std::span(header).subspan(148, 8), ' ');
    unsigned sum = 0;
    for (const char c : header.substr(0, 512)) sum += static_cast<unsigned char>(c);
    for (std::size_t i = 0; i < 6; ++i) header[148 + i] = static_cast<char>('0' + ((sum >> (15 - 3 * i)) & 7));
    header[154] = '\0';
    return tar + header + tar_of({file("after", "a")});
  };
  const auto refusal = [](const std::string& tar) -> std::string {
    try {
      entries_of(tar);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::integrity);
      return error.reason();
    }
    return "none";
  };
  CHECK(refusal(tar_with(std::string(" path=etc/pas\0swd\n", 18)))
            .starts_with("the name of an entry contains a NUL byte after `"));
  CHECK(refusal(tar_with(std::string(" linkpath=etc/p\0wd\n", 19)))
            .starts_with("the name of an entry contains a NUL byte after `"));
  CHECK(refusal(tar_with(" path=etc/passwords\n")) == "none");
  CHECK(refusal(tar_with(std::string(" SCHILY.xattr.user.a=b\0c\n", 25))) == "none");
}

TEST_CASE("a tar that is cut short is refused") {
  const std::string tar = tar_of({file("a", std::string(5000, 'a'))});
  CHECK_THROWS_AS(entries_of(tar.substr(0, GENERATE(300u, 2000u, 5000u))), Error);
}

TEST_CASE("a link to nothing is refused") {
  const auto [kind, nothing] = GENERATE(table<Kind, std::string>({{Kind::symlink, ""}, {Kind::hardlink, "./"}}));
  CHECK(entries_of(tar_of({link(kind, "l", "body")})).size() == 1);
  CHECK_THROWS_AS(entries_of(tar_of({link(kind, "l", nothing)})), Error);
}

TEST_CASE("gzip and zstd are told by their first bytes, and data can be read or left") {
  TempDir dir;
  const auto path =
      dir.write("t.tar", tar_of({file("a", "first"), file("b", std::string(100000, 'b')), file("c", "third")}));
  const std::string program = GENERATE("gzip -c", "zstd -qc", "cat");
  REQUIRE(std::system(cat(program, " ", path.string(), " > ", (dir / "t.z").string()).c_str()) == 0);
  std::string texts;
  read_tar(file_source(dir / "t.z"), "the tar", [&](const TarEntry& entry, const Source& data) {
    if (entry.path != "b") texts += read_all(data, 100, "text");
  });
  CHECK(texts == "firstthird");
}

TEST_CASE("the stream is read to its very end, so that a check there is made") {
  const std::string tar = tar_of({file("a")}) + std::string(1 << 20, '\0') + "tail";
  const Source inner = source_of(tar);
  bool ended = false;
  const Source source = [&](std::span<std::byte> room) {
    const std::size_t size = inner(room);
    ended = size == 0;
    return size;
  };
  read_tar(source, "the tar", [](const TarEntry&, const Source&) {});
  CHECK(ended);
}

TEST_CASE("a stream is read once, even one whose copies begin anew") {
  const std::string tar = tar_of({file("a")}) + std::string(1 << 20, '\0');
  std::size_t read = 0;
  const Source source = [&read, rest = std::string_view(tar)](std::span<std::byte> room) mutable {
    const std::size_t size = rest.copy(reinterpret_cast<char*>(room.data()), room.size());
    rest.remove_prefix(size);
    read += size;
    return size;
  };
  read_tar(source, "the tar", [](const TarEntry&, const Source&) {});
  CHECK(read == tar.size());
}

TEST_CASE("a source's failure comes back as it was thrown") {
  int calls = 0;
  const Source source = [&](std::span<std::byte> room) -> std::size_t {
    if (++calls > 1) throw Error(ErrorKind::timeout, "too slow");
    room[0] = std::byte{0};
    return 1;
  };
  try {
    read_tar(source, "the tar", [](const TarEntry&, const Source& data) { drain(data, [](Bytes) {}); });
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::timeout);
  }
}

TEST_CASE("a few packed bytes cannot make a layer of any size", "[one thread]") {
  TempDir dir;
  const std::string how = GENERATE("--zstd -cf", "-cSf");
  CAPTURE(how);
  const auto command = cat("cd ", dir.path().string(), " && truncate -s 100M z && tar ", how, " t.tar z");
  REQUIRE(std::system(command.c_str()) == 0);
  try {
    read_tar(file_source(dir / "t.tar"), "the tar",
             [](const TarEntry&, const Source& data) { drain(data, [](Bytes) {}); });
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK_THAT(error.reason(), Contains("unpack to more than"));
  }
}

TEST_CASE("limits end a bomb early, be it read or passed over (S16)") {
  TempDir dir;
  const auto path = dir.write("t.tar", tar_of({file("a", std::string(8 << 20, 'a')), file("b")}));
  REQUIRE(std::system(cat("gzip -9 ", path.string()).c_str()) == 0);
  const bool reads = GENERATE(true, false);
  const EachEntry each = [&](const TarEntry&, const Source& data) {
    if (reads) drain(data, [](Bytes) {});
  };
  const auto packed = dir.read("t.tar.gz");
  CHECK_THROWS_AS(read_tar(source_of(packed), "it", each, {.most_bytes = 1 << 20}), Error);
  CHECK_THROWS_AS(read_tar(source_of(packed), "it", each, {.most_entries = 1}), Error);
  CHECK_NOTHROW(read_tar(source_of(packed), "it", each, {.most_entries = 2, .most_bytes = 9 << 20}));
}
