#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include <algorithm>
#include <cstdio>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/signature.hpp>
#include <mutex>

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view message_line = "-----BEGIN PGP SIGNED MESSAGE-----";
constexpr std::string_view signature_line = "-----BEGIN PGP SIGNATURE-----";
constexpr std::string_view end_line = "-----END PGP SIGNATURE-----";

template <class Handle, auto free_function>
struct Owned {
  Handle handle = nullptr;
  Owned() = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (handle != nullptr) free_function(handle);
  }
};
using Ffi = Owned<rnp_ffi_t, rnp_ffi_destroy>;
using Input = Owned<rnp_input_t, rnp_input_destroy>;
using Output = Owned<rnp_output_t, rnp_output_destroy>;
using Verify = Owned<rnp_op_verify_t, rnp_op_verify_destroy>;
using Key = Owned<rnp_key_handle_t, rnp_key_handle_destroy>;
using Signature = Owned<rnp_signature_handle_t, rnp_signature_handle_destroy>;
using Text = Owned<char*, rnp_buffer_destroy>;

// Debian's librnp prints its log to `stderr`, whatever rnp_ffi_set_log_fd() says. In glibc this is a variable, and
// nothing else in this program uses it (glibc manual, "Standard Streams").
class QuietLog {
 public:
  QuietLog() : lock_(mutex()), nowhere_(std::fopen("/dev/null", "we")), before_(stderr) {
    if (nowhere_) stderr = nowhere_.get();
  }
  ~QuietLog() { stderr = before_; }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  std::lock_guard<std::mutex> lock_;
  CHandle<std::FILE, std::fclose> nowhere_;
  std::FILE* before_;
};

void check_rnp(rnp_result_t result, std::string_view act) {
  if (result == RNP_SUCCESS) return;
  throw Error(ErrorKind::internal, cat("librnp cannot ", act)).because(rnp_result_to_string(result));
}

const std::uint8_t* data_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

[[noreturn]] void refuse_message(std::string_view what, std::string_view why, std::string help = {}) {
  throw Error(ErrorKind::integrity, cat(what, " ", why),
              help.empty() ? "use another mirror; if it happens there, too, someone may be changing files on the way"
                           : std::move(help));
}

// A line of its own, and where it begins. Trailing blanks do not belong to it (RFC 9580 7).
std::size_t find_line(std::string_view text, std::string_view line, std::size_t from) {
  for (auto at = text.find(line, from); at != text.npos; at = text.find(line, at + 1)) {
    const bool begins = at == 0 || text[at - 1] == '\n';
    const auto end = text.find('\n', at);
    const auto rest = text.substr(at + line.size(), end == text.npos ? text.npos : end - at - line.size());
    if (begins && trim(rest).empty()) return at;
  }
  return text.npos;
}

// Verifiers accept text around the message; a reader of the file would take it for signed.
void expect_only_one_message(std::string_view text, std::string_view what) {
  const auto begin = find_line(text, message_line, 0);
  if (begin == text.npos)
    refuse_message(what, "has no signature",
                   "check the URI of the source; archives without signatures are not supported");
  if (begin != 0) refuse_message(what, "has text before the signed message");
  if (find_line(text, message_line, 1) != text.npos) refuse_message(what, "has several signed messages");
  const auto signature = find_line(text, signature_line, 0);
  const auto end = signature == text.npos ? text.npos : find_line(text, end_line, signature);
  if (end == text.npos) refuse_message(what, "is truncated: its signature has no end");
  const auto line = text.find('\n', end);
  if (line != text.npos && !trim(text.substr(line)).empty()) refuse_message(what, "has text after the signature");
}

void import_keys(rnp_ffi_t ffi, const Keyring& keyring) {
  Input input;
  check_rnp(rnp_input_from_memory(&input.handle, data_of(keyring.bytes), keyring.bytes.size(), false),
            "read a keyring");
  const auto result = rnp_import_keys(ffi, input.handle, RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_PERMISSIVE, nullptr);
  if (result != RNP_SUCCESS)
    throw Error(ErrorKind::usage, cat("`", keyring.name, "` is not a keyring of OpenPGP keys"),
                "name a file that `gpg --export` wrote, binary or ASCII-armoured")
        .because(rnp_result_to_string(result));
}

std::string key_of(rnp_op_verify_signature_t signature) {
  Key key;
  Text print;
  if (rnp_op_verify_signature_get_key(signature, &key.handle) != RNP_SUCCESS || key.handle == nullptr) return {};
  if (rnp_key_get_primary_fprint(key.handle, &print.handle) != RNP_SUCCESS || print.handle == nullptr)
    check_rnp(rnp_key_get_fprint(key.handle, &print.handle), "read a fingerprint");
  return print.handle;
}

// Of a signature whose key is not known.
std::string signer_of(rnp_op_verify_signature_t signature) {
  Signature handle;
  Text id;
  if (rnp_op_verify_signature_get_handle(signature, &handle.handle) != RNP_SUCCESS ||
      rnp_signature_get_keyid(handle.handle, &id.handle) != RNP_SUCCESS || id.handle == nullptr)
    return "an unknown key";
  return id.handle;
}

struct Signatures {
  std::vector<std::string> valid, unknown, invalid, expired;
};

Signatures signatures_of(rnp_op_verify_t verify) {
  Signatures out;
  std::size_t count = 0;
  check_rnp(rnp_op_verify_get_signature_count(verify, &count), "count signatures");
  for (std::size_t i = 0; i < count; ++i) {
    rnp_op_verify_signature_t one = nullptr;
    check_rnp(rnp_op_verify_get_signature_at(verify, i, &one), "read a signature");
    const auto status = rnp_op_verify_signature_get_status(one);
    if (status == RNP_SUCCESS)
      out.valid.push_back(key_of(one));
    else if (status == RNP_ERROR_KEY_NOT_FOUND)
      out.unknown.push_back(signer_of(one));
    else if (status == RNP_ERROR_SIGNATURE_EXPIRED)
      out.expired.push_back(signer_of(one));
    else
      out.invalid.push_back(signer_of(one));
  }
  std::erase(out.valid, std::string());
  std::ranges::sort(out.valid);
  out.valid.erase(std::unique(out.valid.begin(), out.valid.end()), out.valid.end());
  return out;
}

std::string names_of(const std::vector<Keyring>& keyrings) {
  std::vector<std::string> names;
  for (const auto& keyring : keyrings) names.push_back(cat("`", keyring.name, "`"));
  return join(names, ", ");
}

[[noreturn]] void refuse_message(const Signatures& signatures, const std::vector<Keyring>& keyrings,
                                 std::string_view what) {
  if (!signatures.invalid.empty())
    refuse_message(what, cat("has an invalid signature by ", join(signatures.invalid, ", "), ": its text was changed"));
  if (!signatures.expired.empty())
    refuse_message(what, cat("has an expired signature by ", join(signatures.expired, ", ")));
  if (!signatures.unknown.empty())
    refuse_message(
        what, cat("is signed by a key that is not in ", names_of(keyrings), ": ", join(signatures.unknown, ", ")),
        "update the keyring (Debian: the package debian-archive-keyring), or name the archive's keyring with "
        "`keyring:` "
        "or `Signed-By`");
  refuse_message(what, "has no valid signature");
}

std::string body_of(rnp_output_t output) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  check_rnp(rnp_output_memory_get_buf(output, &bytes, &size, false), "return the signed text");
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

SignedText verified(std::string_view clear_signed, const std::vector<Keyring>& keyrings, std::string_view what) {
  expect_only_one_message(clear_signed, what);
  const QuietLog quiet;
  Ffi ffi;
  check_rnp(rnp_ffi_create(&ffi.handle, RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG), "start");
  if (keyrings.empty())
    throw Error(ErrorKind::usage, cat("no keyring is configured for ", what),
                "name the archive's keyring with `keyring:` in `sources:`, or with `Signed-By` in apt's sources");
  for (const auto& keyring : keyrings) import_keys(ffi.handle, keyring);
  Input input;
  Output output;
  Verify verify;
  check_rnp(rnp_input_from_memory(&input.handle, data_of(clear_signed), clear_signed.size(), false),
            "read the message");
  check_rnp(rnp_output_to_memory(&output.handle, limits::release_bytes), "make room for the signed text");
  check_rnp(rnp_op_verify_create(&verify.handle, ffi.handle, input.handle, output.handle), "verify");
  const auto result = rnp_op_verify_execute(verify.handle);
  auto signatures = signatures_of(verify.handle);
  if (result != RNP_SUCCESS || signatures.valid.empty()) refuse_message(signatures, keyrings, what);
  return {.body = body_of(output.handle), .signed_by = std::move(signatures.valid)};
}

}  // namespace lapstrake::packages::deb
