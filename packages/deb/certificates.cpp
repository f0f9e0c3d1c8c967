#include "certificates.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <limits>

namespace lapstrake::packages::deb {
namespace {

constexpr std::size_t most_certificate_bytes = 1u << 20;

void free_infos(STACK_OF(X509_INFO) * infos) { sk_X509_INFO_pop_free(infos, X509_INFO_free); }
void free_bytes(unsigned char* bytes) { OPENSSL_free(bytes); }

using Memory = CHandle<BIO, BIO_free_all>;
using Infos = CHandle<STACK_OF(X509_INFO), free_infos>;

// libcrypto would ask for the password of an encrypted text on the terminal.
int no_password(char*, int, int, void*) { return -1; }

std::string der_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  if (size < 0) throw Error(ErrorKind::internal, "OpenSSL cannot encode a certificate");
  const CHandle<unsigned char, free_bytes> owned(bytes);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::string hex_of(unsigned long hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out(8, '0');
  for (unsigned i = 0; i < 8; ++i) out[7 - i] = digits[hash >> (4 * i) & 15];
  return out;
}

// As update-ca-certificates(8) makes it.
std::string link_name(std::string_view path) {
  std::string out(lapstrake::name_of(path));
  out.resize(out.size() - std::string_view(".crt").size());
  for (char& c : out) {
    if (c == ' ' || c == ',') c = '_';
    if (c == '(' || c == ')') c = '=';
  }
  return out + ".pem";
}

}  // namespace

std::vector<CertificateFile> certificate_files(const Root& root) {
  std::vector<CertificateFile> out;
  for (const auto folder : {shared_certificates, local_certificates})
    for (const auto& path : root.paths_below(folder))
      if (path.ends_with(".crt"))
        if (auto text = root.text(path, most_certificate_bytes))
          out.push_back({.path = path, .text = std::move(*text), .link = link_name(path)});
  return out;
}

std::optional<Certificate> single_certificate(std::string_view pem) {
  if (pem.size() > most_certificate_bytes) return std::nullopt;
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Infos infos(memory ? PEM_X509_INFO_read_bio(memory.get(), nullptr, no_password, nullptr) : nullptr);
  ERR_clear_error();
  if (!infos || sk_X509_INFO_num(infos.get()) != 1) return std::nullopt;
  auto* certificate = sk_X509_INFO_value(infos.get(), 0)->x509;
  if (certificate == nullptr) return std::nullopt;
  return Certificate{.der = der_of(certificate), .subject_hash = hex_of(X509_subject_name_hash(certificate))};
}

}  // namespace lapstrake::packages::deb
