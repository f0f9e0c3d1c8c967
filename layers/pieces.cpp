#include "pieces.hpp"

#include <algorithm>

namespace lapstrake::layers {

TarPieces::TarPieces(const std::vector<Entry>& entries, std::int64_t mtime, CutRule rule)
    : entries_(entries), rule_(rule), buffer_(256 << 10), tar_([this](Bytes bytes) { put(bytes); }, mtime, 0) {}

std::optional<Piece> TarPieces::next() {
  while (ready_.empty() && !ended_) advance();
  if (ready_.empty()) return std::nullopt;
  Piece piece = std::move(ready_.front());
  ready_.pop_front();
  return piece;
}

void TarPieces::advance() {
  if (reading_) {
    if (const std::size_t size = reading_->read(buffer_); size > 0) return tar_.data(Bytes(buffer_).first(size));
    reading_.reset();
    if (open_.size() >= least_) seal();
  } else if (at_ < entries_.size()) {
    begin(entries_[at_++]);
  } else {
    tar_.finish();
    seal();
    ended_ = true;
  }
}

void TarPieces::begin(const Entry& entry) {
  header_.clear();
  in_header_ = true;
  tar_.header(entry);
  in_header_ = false;
  const std::uint64_t size = entry.kind == Kind::file ? entry.size : 0;
  const std::uint64_t whole = header_.size() + (size + 511) / 512 * 512;
  if (open_.size() + whole > rule_.most) seal();
  least_ = whole > rule_.most ? 0 : rule_.least;
  put(header_);
  if (size > 0)
    reading_.emplace(entry);
  else if (open_.size() >= least_)
    seal();
}

void TarPieces::put(Bytes bytes) {
  if (in_header_) {
    header_.insert(header_.end(), bytes.begin(), bytes.end());
    return;
  }
  while (!bytes.empty()) {
    if (open_.capacity() < rule_.most) open_.reserve(rule_.most);
    const Bytes part = bytes.first(std::min(bytes.size(), rule_.most - open_.size()));
    open_.insert(open_.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (open_.size() == rule_.most) seal();
  }
}

void TarPieces::seal() {
  if (!open_.empty()) ready_.push_back(std::exchange(open_, {}));
}

}  // namespace lapstrake::layers
