#include "content_mac.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <lapstrake/base/error.hpp>

namespace lapstrake::layers {
namespace {

void check(int result) {
  if (result != 1) throw Error(ErrorKind::internal, "OpenSSL cannot compute a GMAC");
}

const unsigned char* data(Bytes bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

// One nonce for all MACs: they are only compared and never published, so a repeated nonce reveals nothing to others.
constexpr std::array<unsigned char, 12> nonce{};

}  // namespace

ContentMac new_mac_key() {
  ContentMac key;
  check(RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())));
  return key;
}

void Gmac::Free::operator()(evp_cipher_ctx_st* context) const noexcept { EVP_CIPHER_CTX_free(context); }

Gmac::Gmac(const ContentMac& key) : context_(EVP_CIPHER_CTX_new()) {
  check(context_ ? EVP_EncryptInit_ex(context_.get(), EVP_aes_128_gcm(), nullptr, data(Bytes(key)), nonce.data()) : 0);
}

void Gmac::write(Bytes bytes) {
  constexpr std::size_t most = std::size_t{1} << 30;
  for (int ignored = 0; !bytes.empty();) {
    const Bytes part = bytes.first(std::min(bytes.size(), most));
    check(EVP_EncryptUpdate(context_.get(), nullptr, &ignored, data(part), static_cast<int>(part.size())));
    bytes = bytes.subspan(part.size());
  }
}

ContentMac Gmac::finish() {
  ContentMac mac;
  int size = 0;
  unsigned char none = 0;
  check(EVP_EncryptFinal_ex(context_.get(), &none, &size));
  check(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(mac.size()), mac.data()));
  check(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, nonce.data()));
  return mac;
}

ContentMac Gmac::of(Bytes bytes) {
  write(bytes);
  return finish();
}

}  // namespace lapstrake::layers
