#include <lapstrake/packages/checksum.hpp>
#include <support/catch.hpp>

using namespace lapstrake;
using namespace lapstrake::packages;

TEST_CASE("checksums of known texts are those of the standards") {
  // FIPS 180-4 and RFC 1321 test vectors of "abc".
  const auto [algorithm, expected] = GENERATE(table<HashAlgorithm, std::string>(
      {{HashAlgorithm::md5, "900150983cd24fb0d6963f7d28e17f72"},
       {HashAlgorithm::sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
       {HashAlgorithm::sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}));
  Hasher hasher(algorithm);
  hasher.write(as_bytes("a"));
  hasher.write(as_bytes("bc"));
  const auto sum = hasher.finish();
  CHECK(sum.hex() == expected);
  CHECK(Checksum::from_hex(algorithm, expected) == sum);
  CHECK(Checksum::from_base64(algorithm, sum.base64()) == sum);
  CHECK(Checksum::from_base64(algorithm, sum.base64_url()) == sum);
}

TEST_CASE("a checksum of another length or with other digits is none") {
  CHECK_FALSE(Checksum::from_hex(HashAlgorithm::md5, "900150983cd24fb0d6963f7d28e17f"));
  CHECK_FALSE(Checksum::from_hex(HashAlgorithm::md5, "900150983cd24fb0d6963f7d28e17f7x"));
  CHECK_FALSE(Checksum::from_base64(HashAlgorithm::sha512, "AAAA"));
  CHECK_FALSE(parse_hash_algorithm("SHA256"));
  CHECK(parse_hash_algorithm("sha512") == HashAlgorithm::sha512);
}
