#include <algorithm>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>
#include <memory>

namespace lapstrake::oci {
namespace {

constexpr std::string_view prefix = "sha256:";

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

Digest::Digest(const Sha256Sum& sum) : text_(cat(prefix, lapstrake::hex(sum))) {}

std::optional<Digest> Digest::parse(std::string_view text) {
  if (text.size() != prefix.size() + 64 || !text.starts_with(prefix)) return std::nullopt;
  if (!std::ranges::all_of(text.substr(prefix.size()), is_lower_hex)) return std::nullopt;
  return Digest(std::string(text));
}

Digest Digest::of(Bytes bytes) { return Digest(sha256(bytes)); }

namespace {

// The stream and what was seen of it; shared by the copies of its Source.
struct Seen {
  Source inner;
  Sha256 hash = {};
  std::uint64_t size = 0;
  bool ended = false;
};

[[noreturn]] void fail_size(const std::string& what, std::uint64_t size, std::string_view found) {
  throw Error(ErrorKind::integrity, cat(what, " has ", found, " its ", size, " bytes"));
}

void check_end(Seen& seen, const Digest& digest, std::uint64_t size, const std::string& what) {
  seen.ended = true;
  if (seen.size < size) fail_size(what, size, cat("only ", seen.size, " of"));
  const Digest found(seen.hash.finish());
  if (found != digest)
    throw Error(ErrorKind::integrity, cat(what, " has the wrong digest"))
        .because(cat(found.text(), " instead of ", digest.text()));
}

}  // namespace

Source verified(Source inner, const Digest& digest, std::uint64_t size, std::string what) {
  auto seen = std::make_shared<Seen>(Seen{.inner = std::move(inner)});
  return [seen = std::move(seen), digest, size, what = std::move(what)](std::span<std::byte> room) -> std::size_t {
    if (seen->ended) return 0;
    const std::size_t got = seen->inner(room);
    if (got == 0) {
      check_end(*seen, digest, size, what);
      return 0;
    }
    if (got > size - seen->size) fail_size(what, size, "more than");
    seen->hash.write(room.first(got));
    seen->size += got;
    return got;
  };
}

}  // namespace lapstrake::oci
