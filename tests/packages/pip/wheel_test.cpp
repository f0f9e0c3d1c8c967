#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/wheel.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "packages/pip/wheel_writer.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::pip;

namespace {

std::string flaw_of_wheel(const TestWheel& wheel,
                          const WheelExpectation& expected = {.name = "demo", .version = "1.0"}) {
  const std::string bytes = bytes_of(wheel);
  UnpackedArchiveWriter writer([](Bytes) {});
  const Error error = failure_of([&] { unpack_wheel(random_access(bytes), wheel.file_name(), expected, writer); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == cat("the wheel `", wheel.file_name(), "` is not valid"));
  return error.reason();
}

// A wheel with one more file.
std::string flaw_of_file(const ZipPart& file) { return flaw_of_wheel({.files = {file}}); }

std::string flaw_of_record(const std::string& from, const std::string& to) {
  return flaw_of_wheel({.files = {{.name = "a.py", .content = "text"}}, .change_record = [&](std::string record) {
                          REQUIRE(record.find(from) != std::string::npos);
                          return replace_all(std::move(record), from, to);
                        }});
}

}  // namespace

TEST_CASE("a wheel unpacks to its files, with mode 0755 for programs and 0644 for others") {
  const TempDir folder;
  const auto archive = unpacked({.files = {{.name = "demo/", .mode = 040755},
                                           {.name = "demo/__init__.py", .content = "x = 1\n", .mode = 0100600},
                                           {.name = "demo/run", .content = "#!/bin/sh\n", .mode = 0100764},
                                           {.name = "demo/__pycache__/a.pyc", .content = "bytes"}}},
                                folder);
  std::vector<std::string> found;
  for (const auto& member : archive.members()) found.push_back(cat(member.path, " ", member.mode == 0755 ? "x" : "-"));
  CHECK(found == std::vector<std::string>{"demo-1.0.dist-info/METADATA -", "demo-1.0.dist-info/RECORD -",
                                          "demo-1.0.dist-info/WHEEL -", "demo/__init__.py -", "demo/run x"});
  CHECK(archive.text(*archive.find("demo/__init__.py")) == "x = 1\n");
  CHECK(archive.what() == "the wheel `demo-1.0-py3-none-any.whl`");
}

TEST_CASE("names and versions are compared in their normal form") {
  const TempDir folder;
  CHECK_NOTHROW(unpacked({.name = "Demo_Tool",
                          .version = "1.0.post1",
                          .metadata = "Name: demo.tool\nVersion: 1.0-1\n",
                          .dist_info = "demo_tool-1.0.0.post1.dist-info"},
                         folder));
}

TEST_CASE("a wheel of another name or version than expected is refused") {
  CHECK(flaw_of_wheel({}, {.name = "other", .version = "1.0"}) ==
        "its file name has the name `demo`, expected `other`");
  CHECK(flaw_of_wheel({}, {.name = "demo", .version = "2"}) == "its file name has the version `1.0`, expected `2`");
  CHECK(flaw_of_wheel({.metadata = "Name: other\nVersion: 1.0\n"}) ==
        "its METADATA has the name `other`, expected `demo`");
  CHECK(flaw_of_wheel({.metadata = "Name: demo\nVersion: 1.1\n"}) ==
        "its METADATA has the version `1.1`, expected `1.0`");
  CHECK(flaw_of_wheel({.dist_info = "other-1.0.dist-info"}) ==
        "its folder `other-1.0.dist-info` has the name `other`, expected `demo`");
  CHECK(flaw_of_wheel({.dist_info = "demo-1.1.dist-info"}) ==
        "its folder `demo-1.1.dist-info` has the version `1.1`, expected `1.0`");
  CHECK(flaw_of_wheel({.dist_info = "demo.dist-info"}) == "its folder `demo.dist-info` has no version in its name");
  CHECK(flaw_of_wheel({.tag = "py3"}) == "its file name does not have the form `name-version-python-abi-platform.whl`");
}

TEST_CASE("a wheel needs exactly one .dist-info folder with its files") {
  CHECK(flaw_of_wheel({.dist_info = "info"}) == "it has no .dist-info folder");
  CHECK(flaw_of_file({.name = "other-1.0.dist-info/METADATA"}) ==
        "it has two .dist-info folders: `other-1.0.dist-info` and `demo-1.0.dist-info`");
  CHECK(flaw_of_wheel({.metadata = "DELETED"}) == "its METADATA is missing");
  CHECK(flaw_of_wheel({.wheel = "DELETED"}) == "its WHEEL is missing");
  CHECK(flaw_of_wheel({.wheel = "Wheel-Version: 2.0\nRoot-Is-Purelib: true\n"}) ==
        "its WHEEL has the format version `2.0`, this version of lapstrake reads 1");
  CHECK(flaw_of_wheel({.entry_points = "[console_scripts]\npython3 = a:b\n"}) ==
        "its entry_points.txt defines the command `python3`, which is the name of a Python interpreter");
  const std::string no_record =
      zip_of({{.name = "demo-1.0.dist-info/METADATA", .content = "Name: demo\nVersion: 1.0\n"},
              {.name = "demo-1.0.dist-info/WHEEL", .content = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"}});
  UnpackedArchiveWriter writer([](Bytes) {});
  CHECK(failure_of([&] {
          unpack_wheel(random_access(no_record), "demo-1.0-py3-none-any.whl", {.name = "demo", .version = "1.0"},
                       writer);
        }).reason() == "its RECORD is missing");
}

TEST_CASE("a .data folder has the wheel's name and known subfolders") {
  CHECK(flaw_of_file({.name = "other-1.0.data/scripts/a"}) ==
        "it has the folder `other-1.0.data`, expected `demo-1.0.data`");
  const std::string name = GENERATE("demo-1.0.data/lib/a", "demo-1.0.data/a", "demo-1.0.data");
  CHECK(flaw_of_file({.name = name}) ==
        cat("it has `", name,
            "`, but the folder `demo-1.0.data` may have only the folders data, headers, platlib, purelib and scripts"));
  CHECK(flaw_of_file({.name = "demo-1.0.data/scripts/python3"}) ==
        "it has the script `python3`, which is the name of a Python interpreter");
  CHECK(flaw_of_file({.name = "demo-1.0.data/scripts/a/b"}) == "it has the script `a/b`, which is not a file name");
}

TEST_CASE("a wheel whose files differ from RECORD is refused") {
  const std::string text_sum = "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1";
  const std::string other_sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  CHECK(flaw_of_record(record_checksum("text"), record_checksum("")) ==
        cat("the checksum of `a.py` is sha256:", text_sum, ", its RECORD has sha256:", other_sum));
  CHECK(flaw_of_record(",4\n", ",5\n") == "the size of `a.py` is 4, its RECORD has 5");
  CHECK(flaw_of_record(record_checksum("text"), "") == "its RECORD has no checksum of `a.py`");
  CHECK(flaw_of_record("a.py", "b.py") == "its RECORD does not list `a.py`");
  CHECK(flaw_of_file({.name = "a.py", .content = "DELETED"}) == "its RECORD lists `a.py`, which it lacks");
  CHECK(flaw_of_record("a.py,sha256=", "a.py,md5=") ==
        "its RECORD has a checksum by md5, which is weaker than sha256: row 1");
}

TEST_CASE("a size is optional in RECORD, signatures of RECORD are ignored") {
  const TempDir folder;
  const auto archive =
      unpacked({.files = {{.name = "a.py", .content = "text"},
                          {.name = "demo-1.0.dist-info/RECORD.jws", .content = "{}"},
                          {.name = "demo-1.0.dist-info/RECORD.p7s", .content = "x"}},
                .change_record =
                    [](std::string record) {
                      return replace_all(std::move(record), ",4\n", ",\n") + "demo/__pycache__/x.pyc,,\n";
                    }},
               folder);
  CHECK(archive.find("a.py") != nullptr);
  CHECK(archive.find("demo-1.0.dist-info/RECORD.jws") == nullptr);
  CHECK(archive.find("demo-1.0.dist-info/RECORD.p7s") == nullptr);
}
