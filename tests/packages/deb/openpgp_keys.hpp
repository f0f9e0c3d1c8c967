// Creates OpenPGP keys, keyrings and clear-signed texts for tests.
#pragma once
#include <chrono>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/signature.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "openpgp.hpp"

namespace keys {

namespace deb = lapstrake::packages::deb;
namespace openpgp = deb::openpgp;
using openpgp::check;
using openpgp::out;
using Generator = lapstrake::CHandle<rnp_op_generate_st, rnp_op_generate_destroy>;
using Signer = lapstrake::CHandle<rnp_op_sign_st, rnp_op_sign_destroy>;

struct Signing {
  std::vector<std::string> by;  // fingerprints: a signature of each
  deb::Time at;
  std::chrono::seconds lifetime{0};  // 0: without an end
  const char* hash = "SHA256";
};

class Keys {
 public:
  Keys() { check(rnp_ffi_create(out(library_), RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG), "start"); }

  // The fingerprint of a new key.
  std::string create(deb::Time at, std::chrono::seconds lifetime = {}) {
    Generator generator;
    set_time(at);
    check(rnp_op_generate_create(out(generator), library_.get(), "EDDSA"), "create a key");
    check(rnp_op_generate_set_userid(generator.get(), "Archive <archive@example.com>"), "name a key");
    check(rnp_op_generate_set_expiration(generator.get(), static_cast<std::uint32_t>(lifetime.count())), "end a key");
    check(rnp_op_generate_execute(generator.get()), "create a key");
    openpgp::Key key;
    check(rnp_op_generate_get_key(generator.get(), out(key)), "return a key");
    return openpgp::text_of([&](char** to) { return rnp_key_get_fprint(key.get(), to); });
  }

  void revoke(const std::string& fingerprint, deb::Time at) {
    set_time(at);
    check(rnp_key_revoke(find(fingerprint).get(), 0, "SHA256", "superseded", nullptr), "revoke a key");
  }

  deb::Keyring keyring(const std::vector<std::string>& fingerprints, unsigned flags = 0) const {
    deb::Keyring keyring{.name = "archive.gpg", .bytes = {}};
    for (const auto& fingerprint : fingerprints) {
      openpgp::Output output;
      check(rnp_output_to_memory(out(output), 0), "make room");
      check(rnp_key_export(find(fingerprint).get(), output.get(), RNP_KEY_EXPORT_PUBLIC | flags), "export a key");
      keyring.bytes += openpgp::bytes_of(output);
    }
    return keyring;
  }

  // `text` ends with a line break.
  std::string clear_signed(std::string_view text, const Signing& signing) {
    const openpgp::Silence silence;
    set_time(signing.at);
    const auto input = openpgp::input_of(text.substr(0, text.size() - 1));  // librnp adds it
    openpgp::Output output;
    Signer signer;
    check(rnp_output_to_memory(out(output), 0), "make room");
    check(rnp_op_sign_cleartext_create(out(signer), library_.get(), input.get(), output.get()), "sign");
    check(rnp_op_sign_set_hash(signer.get(), signing.hash), "choose a hash");
    check(rnp_op_sign_set_expiration_time(signer.get(), static_cast<std::uint32_t>(signing.lifetime.count())),
          "end it");
    for (const auto& fingerprint : signing.by)
      check(rnp_op_sign_add_signature(signer.get(), find(fingerprint).get(), nullptr), "add a signature");
    check(rnp_op_sign_execute(signer.get()), "sign");
    return lapstrake::replace_all(openpgp::bytes_of(output), "\r\n", "\n");
  }

 private:
  void set_time(deb::Time time) {
    check(rnp_set_timestamp(library_.get(), static_cast<std::uint64_t>(time.time_since_epoch().count())),
          "set the time");
  }

  openpgp::Key find(const std::string& fingerprint) const {
    openpgp::Key key;
    check(rnp_locate_key(library_.get(), "fingerprint", fingerprint.c_str(), out(key)), "find a key");
    return key;
  }

  openpgp::Library library_;
};

}  // namespace keys
