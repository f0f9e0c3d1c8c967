// Computes MACs of contents (ContentMac, layer_index.hpp).
#pragma once
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/layer_index.hpp>
#include <memory>

struct evp_cipher_ctx_st;

namespace lapstrake::layers {

ContentMac new_mac_key();  // from the system's random numbers; only for caches

// Computes one MAC at a time; not thread-safe.
class Gmac {
 public:
  explicit Gmac(const ContentMac& key);
  void write(Bytes bytes);
  ContentMac finish();  // and resets
  ContentMac of(Bytes bytes);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;
};

}  // namespace lapstrake::layers
