// Tags of contents (layer_index.hpp).
#pragma once
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/layer_index.hpp>
#include <memory>

struct evp_cipher_ctx_st;

namespace lapstrake::layers {

ContentMac new_mac_key();  // from the system's random numbers: for caches alone

// One tag at a time; not for several threads.
class Gmac {
 public:
  explicit Gmac(const ContentMac& key);
  void write(Bytes bytes);
  ContentMac finish();  // and begins anew
  ContentMac of(Bytes bytes);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;
};

}  // namespace lapstrake::layers
