// Limits the memory and the steps for all names of a base or an archive (base/limits.hpp). They grow with the packed
// size, so that a small hostile input is refused early and a large real one is not.
#pragma once
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <string_view>

namespace lapstrake::layers {

class TreeBudget {
 public:
  // `packed`: packed bytes to count from the start.
  explicit TreeBudget(std::uint64_t packed = 0) : packed_(std::make_shared<std::uint64_t>(packed)) {}

  // The same stream; bytes read from it count as packed.
  Source metered(Source blob) const {
    return [packed = packed_, blob = std::move(blob)](std::span<std::byte> room) {
      const auto size = blob(room);
      *packed += size;
      return size;
    };
  }
  // Adds `bytes` of memory for `path`. Error{integrity} beyond the limit.
  void keep(std::string_view path, std::uint64_t bytes) {
    kept_ += bytes;
    const auto most = limits::tree_bytes_for(*packed_);
    if (kept_ > most)
      refuse(path, cat("all names, link targets and texts need more than ", human_size(most), " of memory"));
  }
  // Adds `count` look-ups of names for `path`. Error{integrity} beyond the limit.
  void step(std::string_view path, std::uint64_t count) {
    steps_ += count;
    const auto most = limits::tree_steps + *packed_ * limits::tree_steps_of_packed_byte;
    if (steps_ > most) refuse(path, cat("its names and links need more than ", most, " steps to follow"));
  }

 private:
  [[noreturn]] static void refuse(std::string_view path, std::string why) {
    throw Error(ErrorKind::integrity, cat("`", printable(path, 200), "` exceeds a limit on file trees"),
                "see docs/reference/limits.md for the limits")
        .because(std::move(why));
  }

  std::shared_ptr<std::uint64_t> packed_;
  std::uint64_t kept_ = 0, steps_ = 0;
};

}  // namespace lapstrake::layers
