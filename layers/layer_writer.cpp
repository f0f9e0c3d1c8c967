#include "layer_writer.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/layers/byte_format.hpp>
#include <lapstrake/oci/media_type.hpp>

#include "content.hpp"

namespace lapstrake::layers {
namespace {

std::string_view media_type(oci::Codec codec) {
  switch (codec) {
    case oci::Codec::gzip: return oci::media_type::layer_gzip;
    case oci::Codec::zstd: return oci::media_type::layer_zstd;
    case oci::Codec::none: break;
  }
  return oci::media_type::layer;
}

std::string_view key_of(const ContentMac& mac) { return as_text(mac); }

const PreviousLayer* usable(const PreviousLayer* previous, oci::Codec codec, int level) {
  const bool is_usable = previous != nullptr && previous->index.byte_format == byte_format() &&
                         previous->index.codec == codec && previous->index.level == level;
  return is_usable ? previous : nullptr;
}

bool read_at(const FileDescriptor& file, std::span<std::byte> room, std::uint64_t at) {
  while (!room.empty()) {
    const ssize_t size = ::pread(file.get(), room.data(), room.size(), static_cast<off_t>(at));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    room = room.subspan(static_cast<std::size_t>(size));
    at += static_cast<std::uint64_t>(size);
  }
  return true;
}

}  // namespace

LayerWriter::LayerWriter(const std::vector<Entry>& entries, const WriteOptions& options, const Sink& sink)
    : entries_(entries),
      options_(options),
      sink_(sink),
      codec_(options.compression.codec),
      level_(level_of(options.compression)),
      rule_(cut_rule(codec_)),
      planner_(entries, options.mtime, rule_, options.listed_at),
      previous_(usable(options.previous, codec_, level_)),
      stamps_match_(previous_ != nullptr),
      framing_(codec_),
      written_{.diff_id = oci::Digest(Sha256Sum{}),
               .digest = oci::Digest(Sha256Sum{}),
               .media_type = std::string(media_type(codec_))} {
  auto& index = written_.index;
  index.byte_format = byte_format();
  index.codec = codec_;
  index.level = level_;
  index.key = previous_ != nullptr ? previous_->index.key : options.key ? *options.key : new_mac_key();
  written_.contents.resize(entries.size());
  if (previous_ == nullptr) return;
  std::uint32_t number = 0;
  for (const PieceRecord& record : previous_->index.pieces)
    previous_by_content_.emplace(key_of(record.content), number++);
}

Written LayerWriter::write() {
  const auto write = [this](const std::string& text) {
    if (text.empty()) return;
    blob_.write(as_bytes(text));
    sink_(as_bytes(text));
    written_.size += text.size();
  };
  write(framing_.head());
  const auto [threads, most_alive] = capacity();
  pipeline<Piece>(
      threads, most_alive, [this](Piece& piece) { return lay_out(piece); },
      {{.act = [this](Piece& piece) { prepare(piece); }},
       {.is_ordered = true, .act = [this](Piece& piece) { hash_tar(piece); }},
       {.act = [this](Piece& piece) { pack(piece); }},
       {.is_ordered = true, .act = [this](Piece& piece) { emit(piece); }}},
      options_.stop);
  write(framing_.tail());
  written_.diff_id = oci::Digest(tar_.finish());
  written_.starts = planner_.take_starts();
  written_.digest = codec_ == oci::Codec::none ? written_.diff_id : oci::Digest(blob_.finish());
  return std::move(written_);
}

// Memory bounds the number of pieces in flight, independent of the number of threads.
LayerWriter::Capacity LayerWriter::capacity() const {
  const std::size_t budget = options_.memory;
  const std::size_t packer = Packer::weight(codec_, level_), piece = rule_.most + packed_room();
  const std::size_t threads = std::clamp<std::size_t>(budget / (packer + piece), 1, options_.jobs);
  const std::size_t left = budget - std::min(budget, threads * packer);
  return {.threads = static_cast<unsigned>(threads),
          .most_alive = std::clamp<std::size_t>(left / piece, threads, 2 * threads + 2)};
}

bool LayerWriter::lay_out(Piece& piece) {
  if (!piece.raw) piece.raw = std::make_unique_for_overwrite<std::byte[]>(rule_.most);
  if (!planner_.next(piece.plan, {piece.raw.get(), rule_.most})) return false;
  const std::size_t number = laid_out_++;
  piece.record = {.raw_size = static_cast<std::uint32_t>(piece.plan.size), .stamp = piece.plan.stamp};
  piece.previous = nullptr;
  piece.is_reused = piece.is_read = piece.is_damaged = false;
  if (stamps_match_) {
    const auto& pieces = previous_->index.pieces;
    stamps_match_ = piece.plan.stamp != Sha256Sum{} && number < pieces.size() &&
                    pieces[number].stamp == piece.plan.stamp && pieces[number].raw_size == piece.plan.size;
    if (stamps_match_) set_previous(piece, number);
  }
  return true;
}

void LayerWriter::prepare(Piece& piece) {
  if (!piece.gmac) piece.gmac = std::make_unique<Gmac>(written_.index.key);
  if (!piece.packed) piece.packed = std::make_unique_for_overwrite<std::byte[]>(packed_room());
  if (piece.previous != nullptr && reuse_previous(piece)) return;
  read_parts(piece);
  compute_macs(piece);
  const auto same = previous_by_content_.find(key_of(piece.record.content));
  if (same == previous_by_content_.end() || previous_->index.pieces[same->second].raw_size != piece.record.raw_size)
    return;
  set_previous(piece, same->second);
  reuse_previous(piece);
}

void LayerWriter::set_previous(Piece& piece, std::size_t number) const {
  piece.previous = &previous_->index.pieces[number];
  piece.previous_number = number;
}

// Copies the packed bytes of `previous`, unless they are damaged.
bool LayerWriter::reuse_previous(Piece& piece) const {
  const PieceRecord& record = *piece.previous;
  const auto& index = previous_->index;
  if (codec_ == oci::Codec::none && piece.is_read) return true;  // the same bytes are in memory
  const std::size_t parts = index.end_of_parts(piece.previous_number) - record.first_part;
  const bool is_sound = record.size <= packed_room() && (piece.is_read || parts == piece.plan.parts.size());
  const std::span<std::byte> packed(piece.packed.get(), is_sound ? record.size : 0);
  if (!is_sound || !read_at(previous_->blob, packed, record.at) || piece.gmac->of(packed) != record.packed) {
    piece.previous = nullptr;
    piece.is_damaged = true;
    return false;
  }
  piece.record.size = record.size;
  piece.record.crc = record.crc;
  piece.record.packed = record.packed;
  piece.is_reused = true;
  if (piece.is_read) return true;
  piece.record.content = record.content;
  piece.macs.assign(index.parts.begin() + record.first_part,
                    index.parts.begin() + static_cast<std::ptrdiff_t>(index.end_of_parts(piece.previous_number)));
  return true;
}

void LayerWriter::read_parts(Piece& piece) const {
  for (const ContentPart& part : piece.plan.parts) {
    ContentReader reader(entries_[part.entry], part.from, part.size);
    std::span<std::byte> room(piece.raw.get() + part.at, part.size);
    while (!room.empty()) room = room.subspan(reader.read(room));
  }
  piece.is_read = true;
}

// A MAC for each part, and one for the piece: of the bytes between the parts, and of the parts' MACs.
void LayerWriter::compute_macs(Piece& piece) const {
  const Bytes raw(piece.raw.get(), piece.plan.size);
  piece.macs.clear();
  for (const ContentPart& part : piece.plan.parts)
    piece.macs.push_back(piece.gmac->of(raw.subspan(part.at, part.size)));
  std::size_t at = 0, number = 0;
  for (const ContentPart& part : piece.plan.parts) {
    piece.gmac->write(raw.subspan(at, part.at - at));
    piece.gmac->write(piece.macs[number++]);
    at = part.at + part.size;
  }
  piece.gmac->write(raw.subspan(at));
  piece.record.content = piece.gmac->finish();
}

void LayerWriter::hash_tar(Piece& piece) {
  if (piece.is_read)
    tar_.write({piece.raw.get(), piece.plan.size});
  else
    tar_ = Sha256(piece.previous->tar);
  piece.record.tar = tar_.state();
  written_.tar_size += piece.plan.size;
  if (options_.progress) options_.progress(written_.tar_size);
}

void LayerWriter::pack(Piece& piece) {
  if (piece.is_reused) return;
  if (codec_ == oci::Codec::none) {
    piece.record.size = piece.record.raw_size;
  } else {
    std::unique_ptr<Packer> packer;
    {
      const std::lock_guard lock(packers_mutex_);
      if (!packers_.empty()) packer = std::move(packers_.back()), packers_.pop_back();
    }
    if (!packer) packer = std::make_unique<Packer>(codec_, level_);
    const Bytes raw(piece.raw.get(), piece.plan.size);
    piece.record.size = static_cast<std::uint32_t>(packer->pack(raw, {piece.packed.get(), packed_room()}));
    if (codec_ == oci::Codec::gzip) piece.record.crc = crc_of(raw);
    const std::lock_guard lock(packers_mutex_);
    packers_.push_back(std::move(packer));
  }
  piece.record.packed = piece.gmac->of(packed_of(piece));
}

Bytes LayerWriter::packed_of(const Piece& piece) const {
  const bool is_raw = codec_ == oci::Codec::none && !piece.is_reused;
  return {is_raw ? piece.raw.get() : piece.packed.get(), piece.record.size};
}

std::size_t LayerWriter::packed_room() const {
  return codec_ == oci::Codec::none ? rule_.most : Packer::room_for(codec_, rule_.most);
}

void LayerWriter::add_content(const ContentPart& part, const ContentMac& mac, Piece& piece) {
  ContentMac& content = written_.contents[part.entry];
  if (part.from > 0) piece.gmac->write(content);
  content = part.size == entries_[part.entry].size ? mac : (piece.gmac->write(mac), piece.gmac->finish());
}

void LayerWriter::emit(Piece& piece) {
  const Bytes packed = packed_of(piece);
  if (codec_ != oci::Codec::none) blob_.write(packed);
  sink_(packed);
  framing_.add(piece.record.crc, piece.record.raw_size);
  piece.record.at = written_.size;
  piece.record.first_part = static_cast<std::uint32_t>(written_.index.parts.size());
  written_.size += packed.size();
  if (piece.is_reused) written_.reused_size += piece.record.raw_size;
  written_.is_previous_damaged = written_.is_previous_damaged || piece.is_damaged;
  for (std::size_t i = 0; i < piece.plan.parts.size(); ++i) add_content(piece.plan.parts[i], piece.macs.at(i), piece);
  written_.index.parts.insert(written_.index.parts.end(), piece.macs.begin(), piece.macs.end());
  written_.index.pieces.push_back(piece.record);
}

}  // namespace lapstrake::layers
