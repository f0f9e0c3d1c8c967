#include "piece_planner.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "racy.hpp"

namespace lapstrake::layers {
namespace {

// FNV-1a, its bits mixed as MurmurHash3 ends.
std::uint64_t path_hash(std::string_view path) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

}  // namespace

PiecePlanner::PiecePlanner(const std::vector<Entry>& entries, std::int64_t mtime, CutRule rule,
                           std::optional<std::chrono::system_clock::time_point> listed_at)
    : entries_(entries), rule_(rule), headers_(mtime) {
  if (listed_at)
    listed_ns_ = std::chrono::duration_cast<std::chrono::nanoseconds>(listed_at->time_since_epoch()).count();
}

bool PiecePlanner::next(PiecePlan& plan, std::span<std::byte> room) {
  plan.size = 0;
  plan.parts.clear();
  stamp_ = Sha256();
  is_certain_ = listed_ns_.has_value();
  if (!is_done()) {  // of an entry with pieces of its own, or of the tar's end
    put(plan, room);
  } else {
    look_ahead();
    for (std::size_t left = next_count(); left > 0; --left) {
      start(ahead_.front());
      ahead_size_ -= ahead_.front().size;
      ahead_.pop_front();
      put(plan, room);
    }
  }
  if (is_done() && ahead_.empty() && read_ == entries_.size() && !std::exchange(is_ended_, true)) {
    padding_ = tar_end_size;
    put(plan, room);
  }
  plan.stamp = is_certain_ ? stamp_.finish() : Sha256Sum{};
  return plan.size > 0;
}

// Until more is known than a piece holds.
void PiecePlanner::look_ahead() {
  while (read_ < entries_.size() && ahead_size_ <= rule_.most) {
    const Entry& entry = entries_[read_];
    const std::uint64_t size = entry.kind == Kind::file ? entry.size : 0;
    Pending pending{.entry = static_cast<std::uint32_t>(read_++), .header = std::string(as_text(headers_.of(entry)))};
    pending.size = pending.header.size() + size + padding_of(size);
    ahead_size_ += pending.size;
    starts_.push_back(seen_size_);
    seen_size_ += pending.size;
    ahead_.push_back(std::move(pending));
  }
}

// How many of the entries ahead make the next piece.
std::size_t PiecePlanner::next_count() const {
  if (ahead_.empty()) return 0;
  if (ahead_.front().size > rule_.most) return 1;
  std::uint64_t size = 0, lowest = ~std::uint64_t{0};
  std::size_t count = 0, best = 0;
  for (const Pending& pending : ahead_) {
    if (pending.size > rule_.most) return count;
    if (size >= rule_.least) {
      const std::uint64_t hash = path_hash(entries_[pending.entry].path);
      if (best == 0 || hash < lowest) lowest = hash, best = count;
    }
    if (size + pending.size > rule_.most) return best > 0 ? best : count;
    size += pending.size;
    ++count;
  }
  return count;
}

void PiecePlanner::start(const Pending& pending) {
  const Entry& entry = entries_[pending.entry];
  entry_ = pending.entry;
  header_ = pending.header;
  header_at_ = 0;
  content_ = entry.kind == Kind::file ? entry.size : 0;
  padding_ = padding_of(content_);
  from_ = 0;
}

void PiecePlanner::put(PiecePlan& plan, std::span<std::byte> room) {
  const auto fitting = [&](std::uint64_t wish) {
    return static_cast<std::size_t>(std::min<std::uint64_t>(wish, rule_.most - plan.size));
  };
  if (const std::size_t size = fitting(header_.size() - header_at_); size > 0) {
    const Bytes part = as_bytes(header_).subspan(header_at_, size);
    std::memcpy(room.data() + plan.size, part.data(), size);
    stamp_.write(part);
    header_at_ += size;
    plan.size += size;
  }
  const bool is_headed = header_at_ == header_.size();
  if (const std::size_t size = is_headed ? fitting(content_) : 0; size > 0) {
    const ContentPart part{.entry = entry_,
                           .at = static_cast<std::uint32_t>(plan.size),
                           .size = static_cast<std::uint32_t>(size),
                           .from = from_};
    add_stamp(part);
    plan.parts.push_back(part);
    from_ += size;
    content_ -= size;
    plan.size += size;
  }
  if (const std::size_t size = is_headed && content_ == 0 ? fitting(padding_) : 0; size > 0) {
    std::memset(room.data() + plan.size, 0, size);
    padding_ -= size;
    plan.size += size;
  }
}

void PiecePlanner::add_stamp(const ContentPart& part) {
  const Content& content = entries_[part.entry].content;
  const auto add = [&](const auto& numbers) { stamp_.write(std::as_bytes(std::span(numbers))); };
  add(std::array<std::uint64_t, 3>{part.from, part.size, content.index()});
  if (const auto* text = std::get_if<std::string>(&content)) {
    stamp_.write(as_bytes(*text));
  } else if (const auto* file = std::get_if<HostFile>(&content); file != nullptr && listed_ns_) {
    const FileStamp& stamp = file->stamp();
    is_certain_ = is_certain_ && !is_racy(stamp, *listed_ns_);
    add(std::array<std::uint64_t, 3>{stamp.device, stamp.inode, stamp.size});
    add(std::array<std::int64_t, 2>{stamp.modified_ns, stamp.changed_ns});
  } else if (const auto* spooled = std::get_if<Spooled>(&content);
             spooled != nullptr && !spooled->file->identity.empty()) {
    const std::string& identity = spooled->file->identity;
    add(std::array<std::uint64_t, 2>{spooled->offset, identity.size()});
    stamp_.write(as_bytes(identity));
  } else {
    is_certain_ = false;
  }
}

}  // namespace lapstrake::layers
