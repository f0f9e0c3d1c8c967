#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/signature.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "packages/deb/openpgp_keys.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;
using namespace std::chrono_literals;

namespace {

const std::string body = "Suite: stable\nDate: today\n- dash\nSHA256:\n aa 1 main/x\n";
constexpr Time start{1'770'000'000s};
constexpr Time now = start + 48h;

SignedText read(std::string_view text, const Keyring& keyring, Time at = now) {
  return verified(text, {keyring}, "the InRelease file", at);
}

std::string refusal(std::string_view text, const Keyring& keyring, Time at = now) {
  const auto error = failure_of([&] { read(text, keyring, at); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(!error.help().empty());
  CHECK(error.summary().starts_with("the InRelease file "));
  return error.summary().substr(19);
}

struct World {
  keys::Keys keys;
  std::string first = keys.create(start), second = keys.create(start);
  Keyring keyring = keys.keyring({first});
  std::string text = keys.clear_signed(body, {.by = {first}, .at = start + 3h});
};

}  // namespace

TEST_CASE("a signed text is returned as it was before it was signed") {
  World world;
  const auto found = read(world.text, world.keyring);
  CHECK(found.body == body);
  CHECK(found.signed_by == std::vector{world.first});
  CHECK(world.text.find("\n- - dash\n") != std::string::npos);  // it was escaped
  CHECK(read(cat(world.text, "\n \n"), world.keyring).body == body);
}

TEST_CASE("line ends of a signed text may change on the way") {
  World world;
  const auto windows = replace_all(world.text, "\n", "\r\n");
  CHECK(replace_all(read(windows, world.keyring).body, "\r\n", "\n") == body);
  CHECK(read(replace_all(world.text, "Suite: stable", "Suite: stable \t"), world.keyring).body == body);
}

TEST_CASE("keyrings are binary or ASCII-armoured, and have any number of keys") {
  World world;
  CHECK(read(world.text, world.keys.keyring({world.first}, RNP_KEY_EXPORT_ARMORED)).body == body);
  CHECK(read(world.text, world.keys.keyring({world.second, world.first})).body == body);
  const auto other = world.keys.keyring({world.second});
  CHECK(verified(world.text, {other, world.keyring, world.keyring}, "x", now).signed_by == std::vector{world.first});
}

TEST_CASE("one valid signature suffices, and all valid ones are returned") {
  World world;
  const auto text = world.keys.clear_signed(body, {.by = {world.second, world.first}, .at = start + 1h});
  CHECK(read(text, world.keyring).signed_by == std::vector{world.first});
  auto both = std::vector{world.first, world.second};
  std::ranges::sort(both);
  CHECK(read(text, world.keys.keyring(both)).signed_by == both);
}

TEST_CASE("signatures by keys outside of the keyring are refused with their fingerprints") {
  World world;
  CHECK(refusal(world.text, world.keys.keyring({world.second})) ==
        cat("is signed by a key that is not in `archive.gpg`: ", world.first));
}

TEST_CASE("a changed text is refused, also if another signature is by an unknown key") {
  World world;
  const auto changed = [](std::string_view text) { return replace_all(std::string(text), "aa 1", "bb 1"); };
  const auto expected =
      cat("was changed after it was signed: the signature by ", world.first, " does not match the text");
  CHECK(refusal(changed(world.text), world.keyring) == expected);
  const auto text = world.keys.clear_signed(body, {.by = {world.second, world.first}, .at = start + 1h});
  CHECK(refusal(changed(text), world.keyring) == expected);
}

TEST_CASE("text around the signed message is refused") {
  World world;
  const auto& text = world.text;
  CHECK(refusal(cat("Suite: evil\n", text), world.keyring) == "has text before the signed message");
  CHECK(refusal(cat("\n", text), world.keyring) == "has text before the signed message");
  CHECK(refusal(cat(text, "Suite: evil\n"), world.keyring) == "has text after the signature");
  CHECK(refusal(cat(text, text), world.keyring) == "has several signed messages");
  CHECK(refusal(body, world.keyring) == "has no signature");
  CHECK(refusal(text.substr(0, text.find("-----END")), world.keyring) == "is truncated: its signature has no end");
}

TEST_CASE("lines that the signature does not cover are not part of the body") {
  World world;
  const auto with = [&](const char* line, const char* before) {
    auto text = world.text;
    return text.insert(text.find(before), line);
  };
  CHECK(read(with("\nSuite: evil", "\n\n"), world.keyring).body == body);  // like the line `Hash: SHA256`
  CHECK(refusal(with("Suite: evil\n", "-----BEGIN PGP SIGNATURE"), world.keyring).starts_with("was changed"));
  CHECK(refusal(with("-----X\nSuite: evil\n", "-----BEGIN PGP SIGNATURE"), world.keyring) == "has a damaged signature");
}

TEST_CASE("a damaged signature is refused") {
  World world;
  auto text = world.text;
  const auto at = text.find("\n\n", text.find("BEGIN PGP SIGNATURE"));
  const auto digits = text.find("\n-----END");
  CHECK(refusal(text.substr(0, at + 2) + text.substr(digits + 1), world.keyring) == "has a damaged signature");
  text.replace(at + 2, 8, "????????");
  CHECK(refusal(text, world.keyring) == "has a damaged signature");
}

TEST_CASE("expired and revoked keys and signatures do not count") {
  keys::Keys keys;
  const auto brief = keys.create(start, 24h), revoked = keys.create(start);
  const auto signed_by = [&](const std::string& key, std::chrono::seconds lifetime = {}) {
    return keys.clear_signed(body, {.by = {key}, .at = start + 1h, .lifetime = lifetime});
  };
  CHECK(read(signed_by(brief), keys.keyring({brief}), start + 2h).body == body);
  CHECK(refusal(signed_by(brief), keys.keyring({brief})) == cat("is signed by the expired key ", brief));
  const auto ends = signed_by(revoked, 2h);
  CHECK(read(ends, keys.keyring({revoked}), start + 2h).body == body);
  CHECK(refusal(ends, keys.keyring({revoked})) == cat("has an expired signature by ", revoked));
  const auto text = signed_by(revoked);
  keys.revoke(revoked, start + 30h);
  CHECK(refusal(text, keys.keyring({revoked})) == cat("is signed by the revoked key ", revoked));
}

TEST_CASE("a signature may be from the near future, since clocks differ") {
  World world;
  CHECK(read(world.text, world.keyring, start + 150min).body == body);
  for (const auto at : {Time(1s), start + 1h})
    CHECK(refusal(world.text, world.keyring, at) == cat("has a signature from the future, by ", world.first));
}

TEST_CASE("weak hashes are refused") {
  World world;
  for (const char* hash : {"SHA1", "MD5"}) {
    const auto text = world.keys.clear_signed(body, {.by = {world.first}, .at = start + 1h, .hash = hash});
    CHECK(refusal(text, world.keyring) == cat("has a signature with the weak hash ", hash, ", by ", world.first));
  }
}

TEST_CASE("keyrings without keys are refused") {
  World world;
  const auto usage = [&](const std::vector<Keyring>& keyrings) {
    const auto error = failure_of([&] { verified(world.text, keyrings, "`x`", now); });
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(!error.help().empty());
    return error.summary();
  };
  CHECK(usage({}) == "no keyring is configured for `x`");
  for (const std::string& bytes :
       {std::string(), std::string("nonsense"), world.text, world.keyring.bytes.substr(0, 9)})
    CHECK(usage({world.keyring, {.name = "a.gpg", .bytes = bytes}}) == "`a.gpg` is not a keyring of OpenPGP keys");
}

TEST_CASE("a signed text has a limit") {
  World world;
  const auto text = cat(world.text, std::string(limits::release_bytes, '\n'));
  CHECK(refusal(text, world.keyring) == "is larger than 8.0 MiB");
}
