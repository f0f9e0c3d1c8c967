// Tags of contents (layer_index.hpp).
#pragma once
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/layer_index.hpp>
#include <memory>

struct evp_cipher_ctx_st;

namespace lapstrake::layers {

Tag new_key();  // from the system's random numbers: for caches alone

// One tag at a time; not for several threads.
class Tagger {
 public:
  explicit Tagger(const Tag& key);
  void write(Bytes bytes);
  Tag finish();  // and begins anew
  Tag of(Bytes bytes);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;
};

}  // namespace lapstrake::layers
