#include "certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>

namespace lapstrake::sandbox {
namespace {

constexpr long hour = 3600, lifetime = 30 * 24 * hour;

[[noreturn]] void fail(std::string_view doing) {
  char text[256] = "unknown reason";
  if (const unsigned long code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
  throw Error(ErrorKind::internal, cat("the sandbox cannot ", doing)).because(text);
}

void check(int result, std::string_view doing) {
  if (result <= 0) fail(doing);
}

template <class Pointer>
Pointer check(Pointer handle, std::string_view doing) {
  if (!handle) fail(doing);
  return handle;
}

PrivateKey new_key() { return PrivateKey(check(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), "make a key")); }

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const CHandle<X509_EXTENSION, X509_EXTENSION_free> extension(
      check(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()), "make a certificate's extension"));
  check(X509_add_ext(certificate, extension.get(), -1), "add a certificate's extension");
}

void set_name(X509_NAME* name, const std::string& common_name) {
  // X.520 ub-common-name: at most 64 characters; subjectAltName has the full host.
  const std::string text = common_name.substr(0, 64);
  check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()), -1, 0),
        "name a certificate");
}

Certificate new_certificate(const std::string& common_name, EVP_PKEY* key) {
  Certificate certificate(check(X509_new(), "make a certificate"));
  check(X509_set_version(certificate.get(), X509_VERSION_3), "make a certificate");
  unsigned char serial[16];
  check(RAND_bytes(serial, sizeof serial), "make a serial number");
  serial[0] &= 0x7f;  // RFC 5280 4.1.2.2: positive
  const CHandle<BIGNUM, BN_free> number(check(BN_bin2bn(serial, sizeof serial, nullptr), "make a serial number"));
  check(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())), "make a serial number");
  // Dated back, for clients whose clock is a little behind.
  check(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -2 * hour), "date a certificate");
  check(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lifetime), "date a certificate");
  set_name(X509_get_subject_name(certificate.get()), common_name);
  check(X509_set_pubkey(certificate.get(), key), "set a certificate's key");
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  check(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)), "name a certificate's issuer");
  check(X509_sign(certificate, key, EVP_sha256()), "sign a certificate");
}

Certificate new_authority(EVP_PKEY* key) {
  Certificate ca = new_certificate("lapstrake sandbox CA", key);
  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  sign(ca.get(), ca.get(), key);
  return ca;
}

template <class Write>
std::string pem(Write&& write) {
  const CHandle<BIO, BIO_free_all> memory(check(BIO_new(BIO_s_mem()), "make room for a PEM text"));
  check(write(memory.get()), "write a PEM text");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

// Characters that subjectAltName's mini language would read as its own are not in host names.
bool is_host_name(const std::string& host) {
  return !host.empty() && host.size() <= 253 &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == std::string::npos;
}

}  // namespace

Authority::Authority(const std::filesystem::path& folder)
    : folder_(folder), ca_key_(new_key()), leaf_key_(new_key()), ca_(new_authority(ca_key_.get())) {
  write_file(ca_file(), pem([&](BIO* out) { return PEM_write_bio_X509(out, ca_.get()); }), 0644);
  write_file(folder_ / "ca.key", pem([&](BIO* out) {
               return PEM_write_bio_PrivateKey(out, ca_key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
             }),
             0600);
}

X509* Authority::leaf(const std::string& host) {
  const bool named = is_host_name(host) && !is_loopback_name(host);
  const std::string name = named ? host : "localhost";
  const std::lock_guard lock(mutex_);
  if (const auto known = leaves_.find(name); known != leaves_.end()) return known->second.get();
  Certificate leaf = new_certificate(name, leaf_key_.get());
  add_extension(leaf.get(), ca_.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf.get(), ca_.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(leaf.get(), ca_.get(), NID_ext_key_usage, "serverAuth");
  add_extension(leaf.get(), ca_.get(), NID_subject_key_identifier, "hash");
  add_extension(leaf.get(), ca_.get(), NID_authority_key_identifier, "keyid");
  add_extension(leaf.get(), ca_.get(), NID_subject_alt_name,
                named ? "DNS:" + name : "DNS:localhost,IP:127.0.0.1,IP:::1");
  sign(leaf.get(), ca_.get(), ca_key_.get());
  return leaves_.emplace(name, std::move(leaf)).first->second.get();
}

}  // namespace lapstrake::sandbox
