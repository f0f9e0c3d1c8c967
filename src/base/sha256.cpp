// OpenSSL 3 calls the functions of one algorithm deprecated in favour of EVP, which cannot say where a hash stands;
// they use the same code, with the CPU's instructions for SHA.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>
#include <type_traits>

namespace lapstrake {
namespace {

void check(int result) {
  if (result != 1) throw Error(ErrorKind::internal, "OpenSSL cannot compute SHA-256");
}

using Storage = std::array<std::byte, 112>;
static_assert(sizeof(SHA256_CTX) == sizeof(Storage) && alignof(SHA256_CTX) <= 8 &&
              std::is_trivially_copyable_v<SHA256_CTX>);

SHA256_CTX* context_in(Storage& storage) { return reinterpret_cast<SHA256_CTX*>(storage.data()); }

}  // namespace

Sha256::Sha256() { check(SHA256_Init(context_in(context_))); }

Sha256::Sha256(const Sha256State& state) : Sha256() {
  SHA256_CTX* context = context_in(context_);
  std::copy(state.words.begin(), state.words.end(), context->h);
  const std::uint64_t bits = state.bytes * 8;
  context->Nl = static_cast<SHA_LONG>(bits);
  context->Nh = static_cast<SHA_LONG>(bits >> 32);
}

void Sha256::write(Bytes bytes) { check(SHA256_Update(context_in(context_), bytes.data(), bytes.size())); }

Sha256Sum Sha256::finish() {
  Sha256Sum sum;
  check(SHA256_Final(reinterpret_cast<unsigned char*>(sum.data()), context_in(context_)));
  return sum;
}

Sha256State Sha256::state() const {
  Storage copy = context_;
  const SHA256_CTX* context = context_in(copy);
  if (context->num != 0) throw Error(ErrorKind::internal, "a SHA-256 state was taken in the middle of a block");
  Sha256State out;
  std::copy_n(context->h, out.words.size(), out.words.begin());
  out.bytes = ((std::uint64_t{context->Nh} << 32) | context->Nl) / 8;
  return out;
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
