#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/signature.hpp>

#include "clear_signed.hpp"
#include "openpgp.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr auto most_signer_clock_difference = std::chrono::hours(1);

// In the order in which a refusal names them.
enum class State { valid, changed, weak, revoked_key, expired_key, expired, from_future, unsupported, unknown_key };

struct Signature {
  State state = State::changed;
  std::string signer = {};  // the fingerprint of the primary key; of an unknown key its own, or its id
  std::string hash = {};    // "SHA256"
};

std::int64_t seconds(Time time) { return time.time_since_epoch().count(); }

[[noreturn]] void refuse_keyring(const Keyring& keyring, std::string reason) {
  throw Error(ErrorKind::usage, cat("`", keyring.name, "` is not a keyring of OpenPGP keys"),
              "name a file that `gpg --export` wrote, binary or ASCII-armoured")
      .because(std::move(reason));
}

void add_keys(const openpgp::Library& library, const Keyring& keyring) {
  if (keyring.bytes.empty()) refuse_keyring(keyring, "it is empty");
  const auto input = openpgp::input_of(keyring.bytes);
  openpgp::Text report;  // JSON with the fingerprint of each key
  const auto result = rnp_import_keys(library.get(), input.get(), RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_PERMISSIVE,
                                      openpgp::out(report));
  if (result != RNP_SUCCESS) refuse_keyring(keyring, rnp_result_to_string(result));
  if (std::string_view(report.get()).find("\"fingerprint\"") == std::string_view::npos)
    refuse_keyring(keyring, "it has no keys");
}

openpgp::Library library_with(const std::vector<Keyring>& keyrings, std::string_view what, Time now) {
  if (keyrings.empty())
    throw Error(ErrorKind::usage, cat("no keyring is configured for ", what),
                "name the archive's keyring with `keyring:` in `sources:`, or with `Signed-By` in apt's sources");
  openpgp::Library library;
  openpgp::check(rnp_ffi_create(openpgp::out(library), RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG), "start");
  openpgp::check(rnp_set_timestamp(library.get(), static_cast<std::uint64_t>(seconds(now))), "set the time");
  for (const auto& keyring : keyrings) add_keys(library, keyring);
  return library;
}

std::string fingerprint_of(const openpgp::Key& key) {
  auto primary = openpgp::text_of([&](char** to) { return rnp_key_get_primary_fprint(key.get(), to); });
  return primary.empty() ? openpgp::text_of([&](char** to) { return rnp_key_get_fprint(key.get(), to); }) : primary;
}

// Of a signature whose key is in no keyring.
std::string signer_of(rnp_op_verify_signature_t signature) {
  openpgp::SignatureHandle handle;
  if (rnp_op_verify_signature_get_handle(signature, openpgp::out(handle)) != RNP_SUCCESS) return "an unknown key";
  auto print = openpgp::text_of([&](char** to) { return rnp_signature_get_key_fprint(handle.get(), to); });
  if (print.empty()) print = openpgp::text_of([&](char** to) { return rnp_signature_get_keyid(handle.get(), to); });
  return print.empty() ? "an unknown key" : print;
}

bool is_true(const openpgp::Key& key, rnp_result_t (*property)(rnp_key_handle_t, bool*)) {
  bool yes = false;
  return key && property(key.get(), &yes) == RNP_SUCCESS && yes;
}

// librnp counts signatures by keys that expired or were revoked later. The owner may have lost control of such a key.
State state_of_key(const openpgp::Library& library, const openpgp::Key& key, const std::string& primary_fingerprint) {
  openpgp::Key primary;
  openpgp::check(rnp_locate_key(library.get(), "fingerprint", primary_fingerprint.c_str(), openpgp::out(primary)),
                 "find a key");
  if (is_true(key, rnp_key_is_revoked) || is_true(primary, rnp_key_is_revoked)) return State::revoked_key;
  if (is_true(key, rnp_key_is_expired) || is_true(primary, rnp_key_is_expired)) return State::expired_key;
  return State::valid;
}

bool is_strong(std::string_view hash) {
  constexpr std::array<std::string_view, 6> strong{"SHA224", "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-512"};
  return std::ranges::find(strong, hash) != strong.end();
}

// librnp reports signatures from the future as expired or, if their keys are from the future too, as invalid.
State state_in_time(rnp_op_verify_signature_t signature, bool is_intact, Time now) {
  std::uint32_t created = 0, lifetime = 0;
  openpgp::check(rnp_op_verify_signature_get_times(signature, &created, &lifetime), "read the time of a signature");
  if (created > seconds(now + most_signer_clock_difference)) return State::from_future;
  if (!is_intact) return State::changed;
  return lifetime != 0 && std::int64_t{created} + lifetime < seconds(now) ? State::expired : State::valid;
}

Signature signature_of(const openpgp::Library& library, rnp_op_verify_signature_t signature, Time now) {
  const auto status = rnp_op_verify_signature_get_status(signature);
  openpgp::Key key;
  if (status == RNP_ERROR_SIGNATURE_UNKNOWN) return {.state = State::unsupported, .signer = signer_of(signature)};
  if (status == RNP_ERROR_KEY_NOT_FOUND || rnp_op_verify_signature_get_key(signature, openpgp::out(key)) != RNP_SUCCESS)
    return {.state = State::unknown_key, .signer = signer_of(signature)};
  Signature found{.signer = fingerprint_of(key),
                  .hash = openpgp::text_of([&](char** to) { return rnp_op_verify_signature_get_hash(signature, to); })};
  found.state = is_strong(found.hash) ? state_of_key(library, key, found.signer) : State::weak;
  if (found.state != State::valid) return found;
  const bool is_intact = status == RNP_SUCCESS || status == RNP_ERROR_SIGNATURE_EXPIRED;
  found.state = state_in_time(signature, is_intact, now);
  return found;
}

std::vector<Signature> signatures_of(const openpgp::Library& library, const openpgp::Verification& verification,
                                     Time now) {
  std::vector<Signature> found;
  std::size_t count = 0;
  openpgp::check(rnp_op_verify_get_signature_count(verification.get(), &count), "count signatures");
  for (std::size_t i = 0; i < count; ++i) {
    rnp_op_verify_signature_t one = nullptr;
    openpgp::check(rnp_op_verify_get_signature_at(verification.get(), i, &one), "read a signature");
    found.push_back(signature_of(library, one, now));
  }
  return found;
}

std::vector<std::string> signers(const std::vector<Signature>& signatures, State state) {
  std::vector<std::string> names;
  for (const auto& signature : signatures)
    if (signature.state == state) names.push_back(signature.signer);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string names_of(const std::vector<Keyring>& keyrings) {
  std::vector<std::string> names;
  for (const auto& keyring : keyrings) names.push_back(cat("`", keyring.name, "`"));
  return join(names, ", ");
}

struct Refusal {
  std::string why, help;
};

Refusal refusal_for(const Signature& worst, const std::string& names, const std::vector<Keyring>& keyrings) {
  const std::string new_keyring = "update the keyring (Debian: the package debian-archive-keyring)";
  switch (worst.state) {
    case State::changed:
      return {cat("was changed after it was signed: the signature by ", names, " does not match the text"),
              "use another mirror, or ask the archive's owner"};
    case State::weak:
      return {cat("has a signature with the weak hash ", worst.hash, ", by ", names),
              "ask the archive's owner to sign with SHA256 or SHA512"};
    case State::revoked_key:
      return {cat("is signed by the revoked key ", names), cat(new_keyring, ", or use another mirror")};
    case State::expired_key:
      return {cat("is signed by the expired key ", names),
              cat(new_keyring, "; the owner of the archive may have extended the key")};
    case State::expired: return {cat("has an expired signature by ", names), "use a mirror that is up to date"};
    case State::from_future:
      return {cat("has a signature from the future, by ", names), "correct the clock of this machine"};
    case State::unsupported:
      return {cat("has a signature of an unsupported version, by ", names),
              "use a source with OpenPGP signatures of version 4"};
    default:
      return {cat("is signed by a key that is not in ", names_of(keyrings), ": ", names),
              cat(new_keyring, ", or name the archive's keyring with `keyring:` or `Signed-By`")};
  }
}

[[noreturn]] void refuse_message(const std::vector<Signature>& signatures, const std::vector<Keyring>& keyrings,
                                 std::string_view what) {
  const auto worst = std::ranges::min_element(signatures, {}, &Signature::state);
  if (worst == signatures.end())
    throw Error(ErrorKind::integrity, cat(what, " has a damaged signature"),
                "run the command again; if it fails again, use another mirror");
  auto refusal = refusal_for(*worst, join(signers(signatures, worst->state), ", "), keyrings);
  throw Error(ErrorKind::integrity, cat(what, " ", refusal.why), std::move(refusal.help));
}

}  // namespace

SignedText verified(std::string_view clear_signed, const std::vector<Keyring>& keyrings, std::string_view what,
                    Time now) {
  if (clear_signed.size() > limits::release_bytes)
    throw Error(ErrorKind::integrity, cat(what, " is larger than ", human_size(limits::release_bytes)),
                "check the URI of the source: this is not the InRelease file of an archive");
  expect_only_signed_text(clear_signed, what);
  const openpgp::Silence silence;
  const auto library = library_with(keyrings, what, now);
  const auto input = openpgp::input_of(clear_signed);
  openpgp::Output output;
  openpgp::Verification verification;
  openpgp::check(rnp_output_to_memory(openpgp::out(output), clear_signed.size()), "make room for the signed text");
  openpgp::check(rnp_op_verify_create(openpgp::out(verification), library.get(), input.get(), output.get()), "verify");
  const auto result = rnp_op_verify_execute(verification.get());
  const auto signatures = signatures_of(library, verification, now);
  auto signed_by = signers(signatures, State::valid);
  if (result != RNP_SUCCESS || signed_by.empty()) refuse_message(signatures, keyrings, what);
  return {.body = openpgp::bytes_of(output), .signed_by = std::move(signed_by)};
}

}  // namespace lapstrake::packages::deb
