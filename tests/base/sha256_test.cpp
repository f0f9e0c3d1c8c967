#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/sha256.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("SHA-256 and its HMAC agree with FIPS 180-4 and RFC 4231") {
  CHECK(hex(sha256(as_bytes("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("a hash does not depend on how the bytes arrive") {
  Sha256 hash;
  hash.write(as_bytes("a"));
  hash.write(as_bytes(""));
  hash.write(as_bytes("bc"));
  CHECK(hash.finish() == sha256(as_bytes("abc")));
}

TEST_CASE("a hash is put down and taken up again, whatever its length") {
  const std::string text(64 * 1000, 'x');
  Sha256 hash;
  const std::uint64_t far = std::uint64_t{1} << 33;
  for (const std::size_t blocks : {0u, 1u, 7u, 1000u}) {
    Sha256 first;
    first.write(as_bytes(text).first(64 * blocks));
    const Sha256State state = first.state();
    CHECK(state.bytes == 64 * blocks);
    Sha256 again(state);
    again.write(as_bytes(text).subspan(64 * blocks));
    CHECK(again.finish() == sha256(as_bytes(text)));
  }
  CHECK(Sha256(Sha256State{.words = {}, .bytes = far}).state().bytes == far);  // more bits than 32 of them count
  hash.write(as_bytes("abc"));
  CHECK_THROWS(hash.state());
}
