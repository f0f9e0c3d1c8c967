#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/npm/integrity.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::npm;

namespace {

// Of "abc", FIPS 180-4.
const std::string sha1_of_abc = "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=";
const std::string sha256_of_abc = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
const std::string sha512_of_abc =
    "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";
const std::string sha256_of_nothing = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

FileSums checked(const std::string& integrity, const std::string& bytes) {
  IntegrityCheck check(parse_integrity(integrity));
  for (const char c : bytes) check.write(as_bytes(std::string_view(&c, 1)));
  return check.finish("the tarball of `a` 1.0.0");
}

}  // namespace

TEST_CASE("a file with the expected checksum is accepted, and gets its sha256 and sha512") {
  const auto text = GENERATE(as<std::string>{}, sha1_of_abc, sha256_of_abc, sha512_of_abc,
                             "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn",
                             "md5-kAFQmDzST7DWlj99KOF/cg==", "");
  const auto sums = checked(text, "abc");
  CHECK(sums.digest.text() == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sri(sums.sha512) == sha512_of_abc);
  CHECK(sums.size == 3);
}

TEST_CASE("a file with another checksum is an error of integrity that names it") {
  for (const auto& text : {sha1_of_abc, sha256_of_abc, sha512_of_abc}) {
    const auto error = failure_of([&] { checked(text, "abd"); });
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK_THAT(error.summary(), Contains("the tarball of `a` 1.0.0"));
    CHECK_THAT(error.reason(), Contains(text));
  }
}

TEST_CASE("of several checksums the strongest algorithm decides, and any one of it is enough") {
  CHECK_NOTHROW(checked(sha1_of_abc + " \t\n" + sha512_of_abc, "abc"));
  // The weaker one is right, the stronger one is not.
  CHECK_THROWS_AS(checked(sha1_of_abc + " " + sha256_of_nothing, "abc"), Error);
  CHECK_NOTHROW(checked("sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA= " + sha256_of_abc, "abc"));
  CHECK_NOTHROW(checked(sha256_of_nothing + " " + sha256_of_abc, "abc"));
  CHECK(parse_integrity(sha256_of_abc + " " + sha256_of_nothing + " " + sha1_of_abc)->text() ==
        sha256_of_abc + " " + sha256_of_nothing);
  CHECK(parse_integrity(sha1_of_abc)->is_weak());
  CHECK_FALSE(parse_integrity(sha1_of_abc + " " + sha256_of_abc)->is_weak());
}

TEST_CASE("options, unknown algorithms and invalid checksums are ignored") {
  CHECK(parse_integrity(sha256_of_abc + "?ct=application/gzip")->text() == sha256_of_abc);
  CHECK(parse_integrity("sha3-AAAA " + sha256_of_abc)->text() == sha256_of_abc);
  for (const std::string text : {"", " ", "sha256", "sha256-", "sha256-AAAA", "sha512-!!!!", "SHA256-x", "-"})
    CHECK_FALSE(parse_integrity(text));
  CHECK_FALSE(parse_integrity(sha256_of_abc.substr(0, sha256_of_abc.size() - 2)));
}
