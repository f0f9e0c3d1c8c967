#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/record.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::pip;

namespace {

// SHA-256 of "" and SHA-512 of "".
constexpr std::string_view sha256_field = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
constexpr std::string_view sha512_field =
    "sha512=z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg_SpIdNs6c5H0NE8XYXysP-DGNKHfuwvY7kxvUdBeoGlODJ6-SfaPg";

std::string flaw_of_record(std::string_view text) {
  const Error error = failure_of([&] { parse_record(text, "the wheel `x.whl`"); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == "the wheel `x.whl` is not valid");
  return error.reason();
}

std::vector<std::string> paths_of(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& line : parse_record(text, "x")) out.push_back(line.path);
  return out;
}

}  // namespace

TEST_CASE("RECORD has a path, checksum and size for each file") {
  const auto lines = parse_record(cat("b.py,", sha512_field, ",12\r\na.py,", sha256_field, ",\na/RECORD,,\n\n"), "x");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].path == "a.py");
  CHECK(lines[0].checksum->algorithm == HashAlgorithm::sha256);
  CHECK_FALSE(lines[0].size);
  CHECK(lines[1].path == "a/RECORD");
  CHECK_FALSE(lines[1].checksum);
  CHECK(lines[2].checksum->algorithm == HashAlgorithm::sha512);
  CHECK(lines[2].size == 12);
}

TEST_CASE("paths in RECORD may have quotes, commas and line breaks") {
  CHECK(paths_of("\"a,b\",,\n") == std::vector<std::string>{"a,b"});
  CHECK(paths_of("\"a\"\"b\",,\n") == std::vector<std::string>{"a\"b"});
  CHECK(paths_of("\"\"\"\",,\n") == std::vector<std::string>{"\""});
  CHECK(paths_of("\"a\nb\",\"\",\"\"") == std::vector<std::string>{"a\nb"});
  CHECK(paths_of("").empty());
}

TEST_CASE("a RECORD that cannot be read in one way is refused") {
  CHECK(flaw_of_record("a,,\nb,\n") == "its RECORD has 2 columns, expected 3: row 2");
  CHECK(flaw_of_record("a,,,\n") == "its RECORD has 4 columns, expected 3: row 1");
  CHECK(flaw_of_record("\"a,,\n") == "its RECORD has a quote that is not closed: row 1");
  CHECK(flaw_of_record("\"a\"b,,\n") == "its RECORD has text after a closing quote: row 1");
  CHECK(flaw_of_record("a\"b,,\n") == "its RECORD has a quote inside of a field without quotes: row 1");
  CHECK(flaw_of_record(",,\n") == "its RECORD has a row without a path: row 1");
  CHECK(flaw_of_record("a,,-1\n") == "its RECORD has an invalid size `-1`: row 1");
  CHECK(flaw_of_record("a,,1x\n") == "its RECORD has an invalid size `1x`: row 1");
  CHECK(flaw_of_record("a,,1\nb,,\na,,2\n") == "its RECORD has two different rows for `a`");
  CHECK(paths_of("a,,1\na,,1\n") == std::vector<std::string>{"a"});
}

TEST_CASE("RECORD needs checksums of sha256 or better") {
  CHECK(flaw_of_record("a,md5=1B2M2Y8AsgTpgAmY7PhCfg,\n") ==
        "its RECORD has a checksum by md5, which is weaker than sha256: row 1");
  CHECK(flaw_of_record("a,sha224=AA,\n") == "its RECORD has a checksum by sha224, which is weaker than sha256: row 1");
  CHECK(flaw_of_record("a,crc32=AA,\n") == "its RECORD has an unknown checksum `crc32=AA`: row 1");
  CHECK(flaw_of_record("a,sha256,\n") == "its RECORD has an unknown checksum `sha256`: row 1");
  CHECK(flaw_of_record("a,sha256=AAAA,\n") == "its RECORD has an invalid checksum `sha256=AAAA`: row 1");
}

TEST_CASE("a rendered RECORD is sorted and reads as it was written") {
  const auto lines =
      parse_record(cat("b.py,", sha256_field, ",0\n\"a,\"\"\",,\n../../../bin/x,", sha512_field, ",7\n"), "x");
  const std::string text = render_record({lines[2], lines[1], lines[0]});
  CHECK(text == cat("../../../bin/x,", sha512_field, ",7\n\"a,\"\"\",,\nb.py,", sha256_field, ",0\n"));
  CHECK(parse_record(text, "x") == lines);
}
