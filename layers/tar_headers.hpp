// The headers of a tar without what lies between them: libarchive writes them, and the contents, which need not pass
// through it, are laid behind.
#pragma once
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/tar.hpp>
#include <memory>
#include <string>

namespace lapstrake::layers {

class TarHeaders {
 public:
  explicit TarHeaders(std::int64_t mtime);
  // Valid until the next call. Behind it belong the entry's bytes and zeros up to a multiple of 512.
  Bytes of(const Entry& entry);

 private:
  bool in_header_ = false;
  std::string header_;
  std::unique_ptr<std::byte[]> nothing_;  // in place of contents: handed on by libarchive, looked at by nobody
  TarWriter tar_;
};

inline constexpr std::size_t tar_block = 512, tar_end_size = 2 * tar_block;
constexpr std::uint64_t padding_of(std::uint64_t size) { return (tar_block - size % tar_block) % tar_block; }

}  // namespace lapstrake::layers
