#include <algorithm>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/fingerprint.hpp>

#include "codec.hpp"

namespace lapstrake::layers {
namespace {

constexpr std::int64_t second = 1'000'000'000;

// The kernel stamps files with a clock that ticks up to every 10 ms; file systems without fractions with whole seconds,
// FAT with every second one.
std::int64_t grain(const HostLook& file) {
  return file.modified_ns % second == 0 && file.changed_ns % second == 0 ? 2 * second : second / 20;
}

bool is_racy(const HostLook& file, std::int64_t listed_at) {
  return std::max(file.modified_ns, file.changed_ns) + grain(file) >= listed_at;
}

// A list of texts with one reading: each goes in with its length.
class Tally {
 public:
  void add(std::string_view text) {
    pending_ += cat(text.size(), ":");
    pending_ += text;
    if (pending_.size() > (64u << 10)) flush();
  }
  template <class... Numbers>
  void add_numbers(const Numbers&... numbers) {
    (add(cat(numbers)), ...);
  }
  oci::Digest finish() {
    flush();
    return oci::Digest(hash_.finish());
  }

 private:
  void flush() {
    hash_.write(as_bytes(pending_));
    pending_.clear();
  }
  std::string pending_;
  Sha256 hash_;
};

// False for content that cannot be told from afar.
bool add_content(Tally& tally, const Content& content, std::int64_t listed_at) {
  if (std::holds_alternative<Spooled>(content)) return false;
  tally.add_numbers(content.index());
  if (const auto* text = std::get_if<std::string>(&content)) tally.add(*text);
  if (const auto* file = std::get_if<HostFile>(&content)) {
    if (is_racy(file->look(), listed_at)) return false;
    tally.add(file->path());
    const HostLook& look = file->look();
    tally.add_numbers(std::uint64_t{look.device}, std::uint64_t{look.inode}, look.size, look.modified_ns,
                      look.changed_ns);
  }
  return true;
}

}  // namespace

std::optional<oci::Digest> fingerprint(const std::vector<Entry>& entries, const WriteOptions& options,
                                       std::chrono::system_clock::time_point listed_at) {
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(listed_at.time_since_epoch()).count();
  Tally tally;
  tally.add(byte_format());
  tally.add_numbers(static_cast<int>(options.compression.codec), level_of(options.compression), options.mtime,
                    entries.size());
  for (const auto& entry : entries) {
    tally.add(entry.path);
    tally.add_numbers(static_cast<int>(entry.kind), entry.mode, entry.uid, entry.gid, entry.size, entry.xattrs->size());
    tally.add(*entry.target);
    for (const auto& [name, value] : *entry.xattrs) tally.add(name), tally.add(value);
    if (!add_content(tally, entry.content, now)) return std::nullopt;
  }
  return tally.finish();
}

}  // namespace lapstrake::layers
