#include <algorithm>
#include <array>
#include <cstring>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/fingerprint.hpp>

#include "codec.hpp"
#include "racy.hpp"

namespace lapstrake::layers {
namespace {

constexpr std::string_view encoding = "fingerprint 2";  // of what is written below
// A list of texts and numbers with one reading: a number is 8 bytes, a text goes in with its length.
class Tally {
 public:
  void add(std::string_view text) {
    add_numbers(text.size());
    append(text.data(), text.size());
  }
  template <class... Numbers>
  void add_numbers(Numbers... numbers) {
    const std::array<std::uint64_t, sizeof...(Numbers)> all{static_cast<std::uint64_t>(numbers)...};
    append(all.data(), sizeof all);
  }
  oci::Digest finish() {
    flush();
    return oci::Digest(hash_.finish());
  }

 private:
  void append(const void* bytes, std::size_t size) {
    if (size > pending_.size() - used_) flush();
    if (size > pending_.size()) return hash_.write({static_cast<const std::byte*>(bytes), size});
    if (size > 0) std::memcpy(pending_.data() + used_, bytes, size);
    used_ += size;
  }
  void flush() {
    hash_.write(Bytes(pending_).first(used_));
    used_ = 0;
  }
  std::array<std::byte, 16 << 10> pending_;
  std::size_t used_ = 0;
  Sha256 hash_;
};

// Hashes the paths of host files; the folder only once for consecutive files of one folder.
class Places {
 public:
  explicit Places(Tally& tally) : tally_(tally) {}
  void add(const HostFile& file) {
    const HostFolder* folder = file.folder.get();
    const bool other = last_ == nullptr || (last_ != folder && last_->path != folder->path);
    tally_.add_numbers(other);
    if (other) tally_.add(folder->path);
    tally_.add(file.name());
    last_ = folder;
  }

 private:
  Tally& tally_;
  const HostFolder* last_ = nullptr;
};

// False for content that has no reliable fingerprint.
bool add_content(Tally& tally, Places& places, const Content& content, std::int64_t listed_at) {
  tally.add_numbers(content.index());
  if (const auto* spooled = std::get_if<Spooled>(&content)) {
    if (spooled->file->identity.empty()) return false;
    tally.add(spooled->file->identity);
    tally.add_numbers(spooled->offset);
  }
  if (const auto* text = std::get_if<std::string>(&content)) tally.add(*text);
  if (const auto* file = std::get_if<HostFile>(&content)) {
    const FileStamp& stamp = file->stamp();
    if (is_racy(stamp, listed_at)) return false;
    places.add(*file);
    tally.add_numbers(stamp.device, stamp.inode, stamp.size, stamp.modified_ns, stamp.changed_ns);
  }
  return true;
}

}  // namespace

std::optional<oci::Digest> fingerprint(const std::vector<Entry>& entries, const WriteOptions& options,
                                       std::chrono::system_clock::time_point listed_at) {
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(listed_at.time_since_epoch()).count();
  Tally tally;
  Places places(tally);
  tally.add(encoding);
  tally.add(byte_format());
  tally.add_numbers(static_cast<int>(options.compression.codec), level_of(options.compression), options.mtime,
                    entries.size());
  for (const auto& entry : entries) {
    tally.add(entry.path);
    tally.add_numbers(static_cast<int>(entry.kind), entry.mode, entry.uid, entry.gid, entry.size, entry.xattrs->size());
    tally.add(*entry.target);
    for (const auto& [name, value] : *entry.xattrs) tally.add(name), tally.add(value);
    if (!add_content(tally, places, entry.content, now)) return std::nullopt;
  }
  return tally.finish();
}

std::string name_of(const oci::Compression& compression) {
  switch (compression.codec) {
    case oci::Codec::gzip: return cat("gzip ", level_of(compression));
    case oci::Codec::zstd: return cat("zstd ", level_of(compression));
    case oci::Codec::none: break;
  }
  return "none";
}

}  // namespace lapstrake::layers
