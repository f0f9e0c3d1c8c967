#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/metadata.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

std::string flaw_of_metadata(std::string_view text) {
  const Error error = failure_of([&] { parse_metadata(text, "the wheel `x.whl`"); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == "the wheel `x.whl` is not valid");
  return error.reason();
}

std::string flaw_of_wheel_info(std::string_view text) {
  return failure_of([&] { parse_wheel_info(text, "the wheel `x.whl`"); }).reason();
}

}  // namespace

TEST_CASE("METADATA has a name, a version and requirements, whatever the case of the fields") {
  const auto found = parse_metadata(
      "Metadata-Version: 2.1\r\n"
      "name: Flask\r\n"
      "VERSION: 3.1.0\r\n"
      "Requires-Python: >=3.9\r\n"
      "Requires-Dist: Werkzeug>=3.1\r\n"
      "Requires-Dist: asgiref>=3.2 ;\r\n"
      "  extra == \"async\"\r\n"
      "Provides-Extra: async\r\n"
      "\r\n"
      "Name: not a header\r\n",
      "the wheel `x.whl`");
  CHECK(found.name == "Flask");
  CHECK(found.version == "3.1.0");
  CHECK(found.requires_python == ">=3.9");
  CHECK(found.requires_dist == std::vector<std::string>{"Werkzeug>=3.1", "asgiref>=3.2 ;\n  extra == \"async\""});
  CHECK(found.provides_extra == std::vector<std::string>{"async"});
}

TEST_CASE("the license of METADATA is the expression, else the name, else the classifiers") {
  const auto license = [](const std::string& fields) {
    return parse_metadata("Name: a\nVersion: 1\n" + fields, "x").license;
  };
  const std::string name = "License: BSD-3\n", classifiers =
                                                   "Classifier: License :: OSI Approved :: MIT License\n"
                                                   "Classifier: License :: Public Domain\n";
  CHECK(license("License-Expression: MIT OR ISC\n" + name + classifiers) == "MIT OR ISC");
  CHECK(license(name + classifiers) == "BSD-3");
  CHECK(license("License: The text\n  of a license\n" + classifiers) == "MIT License, Public Domain");
  CHECK(license("License: UNKNOWN\n").empty());
}

TEST_CASE("the fields of METADATA end at the first line that is not a field, as in Python") {
  const auto found = parse_metadata("Name: a\nVersion: 1\nno field\nRequires-Dist: b\n", "x");
  CHECK(found.requires_dist.empty());
}

TEST_CASE("METADATA without a name or version, or with two, is refused") {
  CHECK(flaw_of_metadata("Version: 1\n") == "its METADATA has no `Name`");
  CHECK(flaw_of_metadata("Name: a\n") == "its METADATA has no `Version`");
  CHECK(flaw_of_metadata("Name:\nVersion: 1\n") == "its METADATA has no `Name`");
  CHECK(flaw_of_metadata("") == "its METADATA has no `Name`");
  CHECK(flaw_of_metadata("Name: a\nName: b\nVersion: 1\n") == "its METADATA has two fields `Name`");
  CHECK(flaw_of_metadata("Name: a\nVersion: 1\nversion: 1\n") == "its METADATA has two fields `Version`");
  CHECK(flaw_of_metadata("Name: a\nVersion: 1\nRequires-Python: >3\nRequires-Python: <3\n") ==
        "its METADATA has two fields `Requires-Python`");
  CHECK(flaw_of_metadata("Metadata-Version: 3.0\nName: a\nVersion: 1\n") ==
        "its METADATA has the format version `3.0`, this version of lapstrake reads 1 and 2");
}

TEST_CASE("WHEEL has the kind of its root and its tags") {
  const auto found = parse_wheel_info(
      "Wheel-Version: 1.9\nGenerator: x\nRoot-Is-Purelib: False\nTag: cp311-cp311-linux_x86_64\nTag: py3-none-any\n",
      "x");
  CHECK_FALSE(found.is_purelib);
  CHECK(found.tags == std::vector<std::string>{"cp311-cp311-linux_x86_64", "py3-none-any"});
}

TEST_CASE("WHEEL of another format version is refused") {
  CHECK(flaw_of_wheel_info("Wheel-Version: 2.0\nRoot-Is-Purelib: true\n") ==
        "its WHEEL has the format version `2.0`, this version of lapstrake reads 1");
  CHECK(flaw_of_wheel_info("Wheel-Version: 10\nRoot-Is-Purelib: true\n") ==
        "its WHEEL has the format version `10`, this version of lapstrake reads 1");
  CHECK(flaw_of_wheel_info("Root-Is-Purelib: true\n") == "its WHEEL has no `Wheel-Version`");
  CHECK(flaw_of_wheel_info("Wheel-Version: 1.0\n") == "its WHEEL has no `Root-Is-Purelib`");
  CHECK(flaw_of_wheel_info("Wheel-Version: 1.0\nRoot-Is-Purelib: maybe\n") ==
        "its WHEEL has `Root-Is-Purelib: maybe`, expected true or false");
}
