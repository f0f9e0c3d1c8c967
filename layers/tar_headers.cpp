#include "tar_headers.hpp"

#include <algorithm>

namespace lapstrake::layers {
namespace {

constexpr std::size_t nothing_size = 1 << 20;

}  // namespace

TarHeaders::TarHeaders(std::int64_t mtime)
    : nothing_(std::make_unique_for_overwrite<std::byte[]>(nothing_size)),
      tar_(
          [this](Bytes bytes) {
            if (in_header_) header_ += as_text(bytes);
          },
          mtime, 0) {}

Bytes TarHeaders::of(const Entry& entry) {
  header_.clear();
  in_header_ = true;
  tar_.header(entry);
  in_header_ = false;
  for (std::uint64_t left = entry.kind == Kind::file ? entry.size : 0; left > 0;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, nothing_size));
    tar_.data({nothing_.get(), size});
    left -= size;
  }
  return as_bytes(header_);
}

}  // namespace lapstrake::layers
