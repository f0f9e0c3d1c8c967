#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>

namespace lapstrake {
namespace {

void check(int result) {
  if (result != 1) throw Error(Fault::internal, "OpenSSL cannot compute SHA-256");
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  // Fetched once: EVP_sha256() looks the implementation up again at each use (OpenSSL 3).
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  check(context_ && algorithm ? EVP_DigestInit_ex(context_.get(), algorithm, nullptr) : 0);
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::write(Bytes bytes) { check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }

Sha256Sum Sha256::finish() {
  Sha256Sum sum;
  check(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(sum.data()), nullptr));
  return sum;
}

Sha256Sum sha256(Bytes bytes) {
  Sha256 hash;
  hash.write(bytes);
  return hash.finish();
}

Sha256Sum hmac_sha256(Bytes key, Bytes message) {
  Sha256Sum sum;
  unsigned size = 0;
  check(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(),
             reinterpret_cast<unsigned char*>(sum.data()), &size) != nullptr);
  return sum;
}

}  // namespace lapstrake
