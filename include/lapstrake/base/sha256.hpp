// SHA-256, by OpenSSL's EVP.
#pragma once
#include <array>
#include <lapstrake/base/bytes.hpp>
#include <memory>

struct evp_md_ctx_st;

namespace lapstrake {

using Sha256Sum = std::array<std::byte, 32>;

// A running hash. Once finished it must not be used again.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void write(Bytes bytes);
  Sha256Sum finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Sha256Sum sha256(Bytes bytes);
Sha256Sum hmac_sha256(Bytes key, Bytes message);

}  // namespace lapstrake
