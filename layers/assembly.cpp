#include "assembly.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
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

std::string_view key_of(const Tag& tag) { return as_text(tag); }

const Former* if_of_use(const Former* former, oci::Codec codec, int level) {
  const bool is_of_use = former != nullptr && former->index.byte_format == byte_format() &&
                         former->index.codec == codec && former->index.level == level;
  return is_of_use ? former : nullptr;
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

Assembly::Assembly(const std::vector<Entry>& entries, const WriteOptions& options, const Sink& sink)
    : entries_(entries),
      options_(options),
      sink_(sink),
      codec_(options.compression.codec),
      level_(level_of(options.compression)),
      rule_(cut_rule(codec_)),
      shapes_(entries, options.mtime, rule_, options.listed_at),
      former_(if_of_use(options.former, codec_, level_)),
      looks_the_same_(former_ != nullptr),
      framing_(codec_),
      written_{.diff_id = oci::Digest(Sha256Sum{}),
               .digest = oci::Digest(Sha256Sum{}),
               .media_type = std::string(media_type(codec_))} {
  auto& index = written_.index;
  index.byte_format = byte_format();
  index.codec = codec_;
  index.level = level_;
  index.key = former_ != nullptr ? former_->index.key : options.key ? *options.key : new_key();
  written_.contents.resize(entries.size());
  if (former_ == nullptr) return;
  std::uint32_t number = 0;
  for (const PieceRecord& piece : former_->index.pieces) former_by_content_.emplace(key_of(piece.content), number++);
}

Written Assembly::run() {
  const auto write = [this](const std::string& text) {
    if (text.empty()) return;
    blob_.write(as_bytes(text));
    sink_(as_bytes(text));
    written_.size += text.size();
  };
  write(framing_.head());
  const auto [threads, most_alive] = capacity();
  pipeline<Work>(
      threads, most_alive, [this](Work& work) { return lay_out(work); },
      {{.act = [this](Work& work) { prepare(work); }},
       {.is_ordered = true, .act = [this](Work& work) { hash_tar(work); }},
       {.act = [this](Work& work) { pack(work); }},
       {.is_ordered = true, .act = [this](Work& work) { hand_on(work); }}},
      options_.stop);
  write(framing_.tail());
  written_.diff_id = oci::Digest(tar_.finish());
  written_.starts = shapes_.take_starts();
  written_.digest = codec_ == oci::Codec::none ? written_.diff_id : oci::Digest(blob_.finish());
  return std::move(written_);
}

// What is in the air at once is bounded by memory, however many threads there are.
Assembly::Capacity Assembly::capacity() const {
  const std::size_t budget = options_.memory;
  const std::size_t packer = Packer::weight(codec_, level_), piece = rule_.most + packed_room();
  const std::size_t threads = std::clamp<std::size_t>(budget / (packer + piece), 1, options_.jobs);
  const std::size_t left = budget - std::min(budget, threads * packer);
  return {.threads = static_cast<unsigned>(threads),
          .most_alive = std::clamp<std::size_t>(left / piece, threads, 2 * threads + 2)};
}

bool Assembly::lay_out(Work& work) {
  if (!work.raw) work.raw = std::make_unique_for_overwrite<std::byte[]>(rule_.most);
  if (!shapes_.next(work.shape, {work.raw.get(), rule_.most})) return false;
  const std::size_t number = laid_out_++;
  work.record = {.raw_size = static_cast<std::uint32_t>(work.shape.size), .looks = work.shape.looks};
  work.former = nullptr;
  work.is_kept = work.is_read = work.is_damaged = false;
  if (looks_the_same_) {
    const auto& pieces = former_->index.pieces;
    looks_the_same_ = work.shape.looks != Sha256Sum{} && number < pieces.size() &&
                      pieces[number].looks == work.shape.looks && pieces[number].raw_size == work.shape.size;
    if (looks_the_same_) set_former(work, number);
  }
  return true;
}

void Assembly::prepare(Work& work) {
  if (!work.tagger) work.tagger = std::make_unique<Tagger>(written_.index.key);
  if (!work.packed) work.packed = std::make_unique_for_overwrite<std::byte[]>(packed_room());
  if (work.former != nullptr && take_former(work)) return;
  read_parts(work);
  tag_content(work);
  const auto same = former_by_content_.find(key_of(work.record.content));
  if (same == former_by_content_.end() || former_->index.pieces[same->second].raw_size != work.record.raw_size) return;
  set_former(work, same->second);
  take_former(work);
}

void Assembly::set_former(Work& work, std::size_t number) const {
  work.former = &former_->index.pieces[number];
  work.former_number = number;
}

// Copies the packed bytes of `former`, if they are still what they were.
bool Assembly::take_former(Work& work) const {
  const PieceRecord& piece = *work.former;
  const auto& index = former_->index;
  if (codec_ == oci::Codec::none && work.is_read) return true;  // the same bytes are at hand
  const std::size_t parts = index.end_of_parts(work.former_number) - piece.first_part;
  const bool is_sound = piece.size <= packed_room() && (work.is_read || parts == work.shape.parts.size());
  const std::span<std::byte> packed(work.packed.get(), is_sound ? piece.size : 0);
  if (!is_sound || !read_at(former_->blob, packed, piece.at) || work.tagger->of(packed) != piece.packed) {
    work.former = nullptr;
    work.is_damaged = true;
    return false;
  }
  work.record.size = piece.size;
  work.record.crc = piece.crc;
  work.record.packed = piece.packed;
  work.is_kept = true;
  if (work.is_read) return true;
  work.record.content = piece.content;
  work.tags.assign(index.parts.begin() + piece.first_part,
                   index.parts.begin() + static_cast<std::ptrdiff_t>(index.end_of_parts(work.former_number)));
  return true;
}

void Assembly::read_parts(Work& work) const {
  for (const Part& part : work.shape.parts) {
    ContentReader reader(entries_[part.entry], part.from, part.size);
    std::span<std::byte> room(work.raw.get() + part.at, part.size);
    while (!room.empty()) room = room.subspan(reader.read(room));
  }
  work.is_read = true;
}

// A tag for each part, and one for the piece: of what lies between the parts, and of their tags.
void Assembly::tag_content(Work& work) const {
  const Bytes raw(work.raw.get(), work.shape.size);
  work.tags.clear();
  for (const Part& part : work.shape.parts) work.tags.push_back(work.tagger->of(raw.subspan(part.at, part.size)));
  std::size_t at = 0, number = 0;
  for (const Part& part : work.shape.parts) {
    work.tagger->write(raw.subspan(at, part.at - at));
    work.tagger->write(work.tags[number++]);
    at = part.at + part.size;
  }
  work.tagger->write(raw.subspan(at));
  work.record.content = work.tagger->finish();
}

void Assembly::hash_tar(Work& work) {
  if (work.is_read)
    tar_.write({work.raw.get(), work.shape.size});
  else
    tar_ = Sha256(work.former->tar);
  work.record.tar = tar_.state();
  written_.tar_size += work.shape.size;
  if (options_.progress) options_.progress(written_.tar_size);
}

void Assembly::pack(Work& work) {
  if (work.is_kept) return;
  if (codec_ == oci::Codec::none) {
    work.record.size = work.record.raw_size;
  } else {
    std::unique_ptr<Packer> packer;
    {
      const std::lock_guard lock(packers_mutex_);
      if (!packers_.empty()) packer = std::move(packers_.back()), packers_.pop_back();
    }
    if (!packer) packer = std::make_unique<Packer>(codec_, level_);
    const Bytes raw(work.raw.get(), work.shape.size);
    work.record.size = static_cast<std::uint32_t>(packer->pack(raw, {work.packed.get(), packed_room()}));
    if (codec_ == oci::Codec::gzip) work.record.crc = crc_of(raw);
    const std::lock_guard lock(packers_mutex_);
    packers_.push_back(std::move(packer));
  }
  work.record.packed = work.tagger->of(packed_of(work));
}

Bytes Assembly::packed_of(const Work& work) const {
  const bool is_raw = codec_ == oci::Codec::none && !work.is_kept;
  return {is_raw ? work.raw.get() : work.packed.get(), work.record.size};
}

std::size_t Assembly::packed_room() const {
  return codec_ == oci::Codec::none ? rule_.most : Packer::room_for(codec_, rule_.most);
}

void Assembly::add_content(const Part& part, const Tag& tag, Work& work) {
  Tag& content = written_.contents[part.entry];
  if (part.from > 0) work.tagger->write(content);
  content = part.size == entries_[part.entry].size ? tag : (work.tagger->write(tag), work.tagger->finish());
}

void Assembly::hand_on(Work& work) {
  const Bytes packed = packed_of(work);
  if (codec_ != oci::Codec::none) blob_.write(packed);
  sink_(packed);
  framing_.add(work.record.crc, work.record.raw_size);
  work.record.at = written_.size;
  work.record.first_part = static_cast<std::uint32_t>(written_.index.parts.size());
  written_.size += packed.size();
  if (work.is_kept) written_.reused_size += work.record.raw_size;
  written_.is_former_damaged = written_.is_former_damaged || work.is_damaged;
  for (std::size_t i = 0; i < work.shape.parts.size(); ++i) add_content(work.shape.parts[i], work.tags.at(i), work);
  written_.index.parts.insert(written_.index.parts.end(), work.tags.begin(), work.tags.end());
  written_.index.pieces.push_back(work.record);
}

}  // namespace lapstrake::layers
