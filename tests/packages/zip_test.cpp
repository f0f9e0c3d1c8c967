#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/zip.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "packages/zip_writer.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;

namespace {

std::string content_of(const std::string& bytes, std::string_view name) {
  const Zip zip(random_access(bytes), "`a.zip`");
  const ZipEntry* entry = zip.find(name);
  REQUIRE(entry != nullptr);
  return zip.text(*entry);
}

// Why a zip file is refused.
std::string flaw_of(const std::string& bytes) {
  const Error error = failure_of([&] { Zip(random_access(bytes), "`a.zip`"); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == "`a.zip` is not a valid zip file");
  return error.reason();
}

// Why the content of its first entry is refused.
std::string flaw_of_content(const std::string& bytes, std::size_t most_written) {
  const Zip zip(random_access(bytes), "`a.zip`");
  std::size_t written = 0;
  const Error error =
      failure_of([&] { zip.read(zip.entries().front(), [&](Bytes piece) { written += piece.size(); }); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(written <= most_written);
  return error.reason();
}

// One entry `a` with changes.
template <class Change>
std::string changed(const Change& change) {
  ZipPart part{.name = "a", .content = "text"};
  change(part);
  return zip_of({part});
}

}  // namespace

TEST_CASE("a zip file has the entries that were written, in order, with their content") {
  const std::string large(3'000'000, 'x');
  const std::string bytes = zip_of({{.name = "pkg/", .mode = 040755},
                                    {.name = "pkg/tool", .content = "#!/bin/sh\n", .method = 0, .mode = 0100755},
                                    {.name = "pkg/large", .content = large},
                                    {.name = "pkg/empty", .method = 0},
                                    {.name = "gr\xC3\xBC\xC3\x9F", .content = "1", .flags = 1 << 11}},
                                   {.comment = "a comment"});
  const Zip zip(random_access(bytes), "`a.zip`");
  std::vector<std::string> names;
  for (const auto& entry : zip.entries()) names.push_back(entry.name);
  CHECK(names == std::vector<std::string>{"pkg/", "pkg/tool", "pkg/large", "pkg/empty", "gr\xC3\xBC\xC3\x9F"});
  CHECK(zip.find("pkg/")->is_folder);
  CHECK(zip.find("pkg/tool")->is_executable);
  CHECK_FALSE(zip.find("pkg/large")->is_executable);
  CHECK(zip.find("pkg") == nullptr);
  CHECK(zip.find("pkg/large2") == nullptr);
  CHECK(zip.text(*zip.find("pkg/tool")) == "#!/bin/sh\n");
  CHECK(zip.text(*zip.find("pkg/large")) == large);
  CHECK(zip.text(*zip.find("pkg/empty")).empty());
  CHECK(failure_of([&] { zip.text(*zip.find("pkg/large"), 100); }).kind() == ErrorKind::integrity);
}

TEST_CASE("an empty zip file has no entries") {
  const std::string bytes = zip_of({});
  CHECK(Zip(random_access(bytes), "`a.zip`").entries().empty());
}

TEST_CASE("data descriptors of all four lengths are read if they agree with the central directory") {
  const std::uint32_t size = GENERATE(12u, 16u, 20u, 24u);
  const bool zip64 = GENERATE(false, true);
  const ZipPart part{.name = "a", .content = "text", .descriptor_size = size, .zip64 = zip64};
  CHECK(content_of(zip_of({part, {.name = "b"}}), "a") == "text");
  ZipPart lie = part;
  lie.descriptor_crc = 1;
  CHECK(flaw_of(zip_of({lie})) == "the entry `a` has a data descriptor that differs from the central directory");
}

TEST_CASE("ZIP64 sizes and end records are read") {
  const std::vector<ZipPart> parts{{.name = "a", .content = "text", .zip64 = true}};
  CHECK(content_of(zip_of(parts, {.zip64 = true}), "a") == "text");
  CHECK(content_of(zip_of(parts, {.zip64 = true, .entries = 1}), "a") == "text");
  CHECK(flaw_of(zip_of(parts, {.zip64 = true, .entries = 2})) ==
        "its ZIP64 end record differs from its end of central directory record");
  CHECK(flaw_of(zip_of(parts, {.zip64 = true, .entries64 = 2})) ==
        "its end record counts 2 entries, its central directory has a different number");
}

TEST_CASE("extra fields, names that differ in case and offsets in another order are fine") {
  const std::string time = std::string("UT\5\0\3", 5) + "1234";
  CHECK(content_of(changed([&](ZipPart& part) { part.extra = time; }), "a") == "text");
  CHECK(content_of(zip_of({{.name = "A", .content = "1"}, {.name = "a", .content = "2"}}), "a") == "2");
  CHECK(
      content_of(zip_of({{.name = "a-b", .content = "1"}, {.name = "a/c", .content = "2"}, {.name = "a/", .mode = 0}}),
                 "a/c") == "2");
}

TEST_CASE("a zip file whose end records lie is refused") {
  const std::vector<ZipPart> parts{{.name = "a", .content = "text"}};
  const std::string bytes = zip_of(parts);
  const std::string end = bytes.substr(bytes.size() - 22);
  CHECK(flaw_of("") == "it has no end of central directory record");
  CHECK(flaw_of(bytes.substr(0, bytes.size() - 22)) == "it has no end of central directory record");
  CHECK(flaw_of(bytes.substr(0, bytes.size() - 1)) ==
        "it has bytes after its end of central directory record, or is cut there");
  CHECK(flaw_of(bytes + "x") == "it has bytes after its end of central directory record, or is cut there");
  CHECK(flaw_of(zip_of(parts, {.comment = end})) == "it has a second end of central directory record");
  CHECK(flaw_of(zip_of(parts, {.comment = "PK\5\6 not whole"})) == "it has a second end of central directory record");
  CHECK(flaw_of(zip_of(parts, {.entries = 2})) ==
        "its end record counts 2 entries, its central directory has a different number");
  CHECK(flaw_of(zip_of({{.name = "a"}, {.name = "b"}}, {.entries = 1})) ==
        "its end record counts 1 entry, its central directory has a different number");
  CHECK(flaw_of(zip_of(parts, {.disk = 1})) == "it is a part of a split archive");
  CHECK(flaw_of(zip_of(parts, {.after_directory = "hidden"})) ==
        "it has bytes between its central directory and its end record");
  CHECK(flaw_of("#!/bin/sh\n" + bytes) == "it has bytes between its central directory and its end record");
  std::string large = bytes;
  large.replace(large.size() - 10, 4, "\xff\xff\xff\xff");
  CHECK(flaw_of(large) == "its ZIP64 end record is missing");
  std::string locator = zip_of(parts, {.zip64 = true});
  ++locator[locator.size() - 22 - 12];
  CHECK(flaw_of(locator) == "its ZIP64 end record is damaged");
}

TEST_CASE("a zip file whose central directory is damaged is refused") {
  std::string bytes = zip_of({{.name = "a", .content = "text"}});
  const auto directory = bytes.find("PK\1\2");
  std::string name = bytes;
  name[directory + 28] = 100;
  CHECK(flaw_of(name) == "its central directory is cut");
  std::string signature = bytes;
  signature[directory] = 'X';
  CHECK(flaw_of(signature) == "its central directory has an invalid header");
  std::string offset = bytes;
  offset[offset.size() - 5] = 1;
  CHECK(flaw_of(offset) == "its central directory lies outside of the file");
}

TEST_CASE("bytes that belong to no entry are refused") {
  CHECK(flaw_of(changed([](ZipPart& part) { part.before = "hidden"; })) == "it has bytes before its first entry");
  CHECK(flaw_of(changed([](ZipPart& part) { part.after = "hidden"; })) ==
        "the entry `a` is followed by bytes that belong to no entry");
  CHECK(flaw_of(zip_of({{.name = "a", .descriptor_size = 16, .after = "hidden"}})) ==
        "the entry `a` has no data descriptor after its data, or bytes after it");
  std::string empty = zip_of({});
  empty[16] = 7;
  CHECK(flaw_of("hidden!" + empty) == "it has bytes before its first entry");
}

TEST_CASE("entries that overlap or lie outside of the file are refused") {
  const ZipPart first{.name = "a", .content = "text", .method = 0};
  CHECK(flaw_of(zip_of({first, {.name = "b", .offset = 0}})) ==
        "the entry `a` overlaps the next entry or the central directory");
  CHECK(flaw_of(zip_of({{.name = "a", .descriptor_size = 16, .packed_size = 10'000}})) ==
        "the entry `a` overlaps the next entry or the central directory");
  CHECK(flaw_of(zip_of({first, {.name = "b", .offset = 10'000}})) == "the entry `b` lies outside of the file");
  CHECK(flaw_of(zip_of({first, {.name = "b", .offset = 1}})) ==
        "the entry `a` overlaps the next entry or the central directory");
  CHECK(flaw_of(zip_of({{.name = "b", .offset = 1}, first, {.name = "a2", .offset = 0}})) ==
        "the entry `a2` has the name `b` in its local header");
}

TEST_CASE("a local header that differs from the central directory is refused") {
  const std::string differs = "the entry `a` has a local header that differs from the central directory";
  CHECK(flaw_of(changed([](ZipPart& part) { part.local_name = "b"; })) ==
        "the entry `a` has the name `b` in its local header");
  CHECK(flaw_of(changed([](ZipPart& part) { part.local_flags = 1 << 11; })) == differs);
  CHECK(flaw_of(changed([](ZipPart& part) { part.local_crc = 1; })) == differs);
  CHECK(flaw_of(changed([](ZipPart& part) { part.size = 1; })) == differs);
  CHECK(flaw_of(changed([](ZipPart& part) { part.local_flags = 8; })) == differs);
  CHECK(flaw_of(zip_of({{.name = "a", .descriptor_size = 16, .local_crc = 1}})) == differs);
  std::string method = zip_of({{.name = "a", .method = 0}});
  method[8] = 8;
  CHECK(flaw_of(method) == differs);
  std::string signature = method;
  signature[0] = 'X';
  CHECK(flaw_of(signature) == "the entry `a` has no local header where the central directory says");
}

TEST_CASE("encryption and unusual compression are refused") {
  const auto flag = GENERATE(1 << 0, 1 << 6, 1 << 13);
  CHECK(flaw_of(changed([&](ZipPart& part) { part.flags = static_cast<std::uint16_t>(flag); })) ==
        "the entry `a` is encrypted");
  CHECK(flaw_of(changed([](ZipPart& part) { part.method = 12; })) ==
        "the entry `a` has the compression method 12, which wheels do not use");
  CHECK(flaw_of(zip_of({{.name = "a", .content = "text", .method = 0, .size = 3}})) ==
        "the entry `a` is stored without compression, but has two sizes");
}

TEST_CASE("names that tools read in different ways are refused") {
  const auto [name, flaw] =
      GENERATE(table<std::string, std::string>({{"/a", "has an absolute name"},
                                                {"../a", "has `..` in its name"},
                                                {"a/../b", "has `..` in its name"},
                                                {"a/..", "has `..` in its name"},
                                                {"./a", "has an empty part or a `.` in its name"},
                                                {"a//b", "has an empty part or a `.` in its name"},
                                                {"a\\b", "has a `\\` in its name"},
                                                {"a\xff", "has a name that is not UTF-8"},
                                                {"gr\xC3\xBC", "has a name that is not marked as UTF-8"},
                                                {std::string("a\0b", 3), "has a NUL byte in its name"},
                                                {std::string(4097, 'a'), "has a name longer than 4096 bytes"}}));
  CHECK(flaw_of(zip_of({{.name = name}})) == cat("the entry `", printable(name, 400), "` ", flaw));
  CHECK(flaw_of(zip_of({{.name = ""}})) == "an entry has no name");
}

TEST_CASE("a name for two entries is refused") {
  CHECK(flaw_of(zip_of({{.name = "a"}, {.name = "b"}, {.name = "a"}})) == "the entry `a` occurs twice");
  CHECK(flaw_of(zip_of({{.name = "a/"}, {.name = "a/"}})) == "the entry `a/` occurs twice");
  CHECK_THAT(flaw_of(zip_of({{.name = "a"}, {.name = "a/"}})), Contains("is a file and a folder"));
  CHECK(flaw_of(zip_of({{.name = "a/b"}, {.name = "a-"}, {.name = "a"}})) == "the entry `a` is a file and a folder");
}

TEST_CASE("links, special files and folders with content are refused") {
  const auto [mode, flaw] =
      GENERATE(table<std::uint32_t, std::string>({{0120777, "is a symbolic link"},
                                                  {010644, "is a special file"},
                                                  {060644, "is a special file"},
                                                  {040755, "has the mode of a folder and the name of a file"}}));
  const std::uint32_t of_part = mode;
  CHECK(flaw_of(changed([&](ZipPart& part) { part.mode = of_part; })) == cat("the entry `a` ", flaw));
  CHECK(flaw_of(zip_of({{.name = "a/", .content = "text"}})) == "the entry `a/` is a folder with content");
}

TEST_CASE("damaged extra fields and a second name are refused") {
  const auto with_extra = [](std::string extra) { return changed([&](ZipPart& part) { part.extra = extra; }); };
  CHECK(flaw_of(with_extra("UT")) == "the entry `a` has damaged extra fields");
  CHECK(flaw_of(with_extra(std::string("UT\5\0\3", 5))) == "the entry `a` has damaged extra fields");
  CHECK(flaw_of(with_extra(std::string("up\1\0\1", 5))) == "the entry `a` has a second name in an extra field");
  CHECK(flaw_of(changed([](ZipPart& part) { part.disk = 1; })) ==
        "the entry `a` is on another disk of a split archive");
}

TEST_CASE("a ZIP64 field must have the numbers that the header lacks, or all, and then agree") {
  const auto field = [](const std::vector<std::uint64_t>& numbers) {
    std::string out = zip_writer::number(1, 2) + zip_writer::number(8 * numbers.size(), 2);
    for (const auto number : numbers) out += zip_writer::number(number, 8);
    return out;
  };
  const auto with_field = [&](const std::vector<std::uint64_t>& numbers) {
    return zip_of({{.name = "a", .content = "text", .method = 0, .extra = field(numbers)}});
  };
  CHECK(content_of(with_field({4, 4}), "a") == "text");
  CHECK(flaw_of(with_field({4, 5})) == "the entry `a` has a ZIP64 field that differs from its header");
  CHECK(flaw_of(with_field({5, 4})) == "the entry `a` has a ZIP64 field that differs from its header");
  CHECK(flaw_of(with_field({4})) == "the entry `a` has a ZIP64 field of an unexpected size");
  CHECK(flaw_of(with_field({4, 4, 0, 0})) == "the entry `a` has a ZIP64 field of an unexpected size");
  CHECK(flaw_of(changed([](ZipPart& part) { part.size = 0xffffffff; })) ==
        "the entry `a` has a ZIP64 field of an unexpected size");
  CHECK(flaw_of(changed([&](ZipPart& part) { part.extra = field({}) + field({}); })) ==
        "the entry `a` has two ZIP64 fields");
}

TEST_CASE("a zip file that unpacks to more than the limit, or has more entries, is refused") {
  const ZipPart part{.name = "a", .size = 600u << 20};
  CHECK_THAT(flaw_of(zip_of({part})), Contains("its entries unpack to more than 512.0 MiB"));
  CHECK(flaw_of(zip_of({}, {.zip64 = true, .entries64 = 1'000'001})) == "it has more than 1000000 entries");
}

TEST_CASE("content that differs from its size or checksum is refused, and never longer than its size") {
  const auto lie = [](const std::string& content, const std::string& raw, std::uint64_t size) {
    return zip_of({{.name = "a", .content = content, .descriptor_size = 0, .raw = raw, .size = size}});
  };
  const std::string packed = zip_writer::deflated("text");
  const std::string packed_long = zip_writer::deflated(std::string(1'000'000, 'x'));
  CHECK(flaw_of_content(lie("text", packed_long, 4), 4) == "the entry `a` is longer than its size");
  CHECK(flaw_of_content(lie("texts", packed, 5), 5) == "the entry `a` is shorter than its size");
  CHECK(flaw_of_content(lie("next", packed, 4), 4) == "the entry `a` has a wrong checksum");
  CHECK(flaw_of_content(lie("text", packed + "more", 4), 4) == "the entry `a` has bytes after its end");
  CHECK(flaw_of_content(lie("text", packed.substr(0, 3), 4), 4) == "the entry `a` has data that are cut");
  CHECK(flaw_of_content(lie("text", "\xff\xff\xff", 4), 4) == "the entry `a` has damaged data");
  std::string stored = zip_of({{.name = "a", .content = "text", .method = 0}});
  stored[stored.find("text")] = 'n';
  CHECK(flaw_of_content(stored, 4) == "the entry `a` has a wrong checksum");
}
