// Makes the headers of a tar with libarchive, without the contents, which the caller appends directly.
#pragma once
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/tar.hpp>
#include <memory>
#include <string>

namespace lapstrake::layers {

class TarHeaders {
 public:
  explicit TarHeaders(std::int64_t mtime);
  // Valid until the next call. The entry's bytes follow it, then zeros up to a multiple of 512.
  Bytes of(const Entry& entry);

 private:
  bool in_header_ = false;
  std::string header_;
  std::unique_ptr<std::byte[]> nothing_;  // passed to libarchive in place of contents; never read
  TarWriter tar_;
};

inline constexpr std::size_t tar_block = 512, tar_end_size = 2 * tar_block;
constexpr std::uint64_t padding_of(std::uint64_t size) { return (tar_block - size % tar_block) % tar_block; }

}  // namespace lapstrake::layers
