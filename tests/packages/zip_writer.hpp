// Writes zip files for tests, also those that lie: every number of a header can be replaced.
#pragma once
#include <zlib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/catch.hpp"

struct ZipPart {
  std::string name = {}, content = {};
  std::uint16_t method = 8;
  std::uint32_t mode = 0100644;
  std::uint16_t flags = 0;
  std::uint32_t descriptor_size = 0;  // 12, 16, 20 or 24 (flag bit 3); 0 without
  bool zip64 = false;                 // sizes in a ZIP64 field
  std::string extra = {};             // of both headers

  // Lies.
  std::string raw = {};                           // the packed data
  std::optional<std::string> local_name = {};     // in the local header
  std::optional<std::uint16_t> local_flags = {};  // the same
  std::optional<std::uint32_t> local_crc = {};
  std::optional<std::uint64_t> size = {}, packed_size = {}, offset = {};  // in the central header
  std::optional<std::uint32_t> crc = {}, descriptor_crc = {};
  std::uint16_t disk = 0;
  std::string before = {}, after = {};  // bytes around the entry
};
struct ZipTail {
  std::string comment = {};
  bool zip64 = false;
  // Lies.
  std::string after_directory = {}, after_end = {};
  std::optional<std::uint16_t> entries = {}, disk = {};
  std::optional<std::uint64_t> entries64 = {};
};

namespace zip_writer {

inline std::string number(std::uint64_t value, unsigned size) {
  std::string out;
  for (unsigned i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

inline std::string deflated(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Facts {
  std::uint32_t crc;
  std::uint64_t packed_size, size, offset;
};

// Flags to sizes, the part that both headers have.
inline std::string common(std::uint16_t flags, std::uint16_t method, const Facts& facts, bool zip64) {
  const std::uint64_t most = 0xffffffff;
  return number(flags, 2) + number(method, 2) + number(0, 4) + number(facts.crc, 4) +
         number(zip64 ? most : facts.packed_size, 4) + number(zip64 ? most : facts.size, 4);
}

inline std::string zip64_field(const Facts& facts) {
  return number(1, 2) + number(16, 2) + number(facts.size, 8) + number(facts.packed_size, 8);
}

inline std::string descriptor(const ZipPart& part, const Facts& facts) {
  if (part.descriptor_size == 0) return "";
  const unsigned width = part.descriptor_size >= 20 ? 8 : 4;
  return (part.descriptor_size % 8 == 0 ? std::string("PK\7\10") : "") +
         number(part.descriptor_crc.value_or(facts.crc), 4) + number(facts.packed_size, width) +
         number(facts.size, width);
}

}  // namespace zip_writer

inline std::string zip_of(const std::vector<ZipPart>& parts, const ZipTail& tail = {}) {
  using namespace zip_writer;
  std::string out, directory;
  for (const ZipPart& part : parts) {
    out += part.before;
    const std::string data = !part.raw.empty() ? part.raw : part.method == 8 ? deflated(part.content) : part.content;
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(part.content.data()), part.content.size());
    Facts facts{static_cast<std::uint32_t>(crc), data.size(), part.content.size(), out.size()};
    const bool streams = part.descriptor_size != 0;
    const auto flags = static_cast<std::uint16_t>(part.flags | (streams ? 8 : 0));
    Facts local = streams ? Facts{0, 0, 0, 0} : facts;
    local.crc = part.local_crc.value_or(local.crc);
    const std::string name = part.local_name.value_or(part.name);
    const std::string local_extra = (part.zip64 ? zip64_field(local) : "") + part.extra;
    out += "PK\3\4" + number(20, 2) + common(part.local_flags.value_or(flags), part.method, local, part.zip64) +
           number(name.size(), 2) + number(local_extra.size(), 2) + name + local_extra + data;
    out += descriptor(part, facts) + part.after;
    facts = {part.crc.value_or(facts.crc), part.packed_size.value_or(facts.packed_size), part.size.value_or(facts.size),
             part.offset.value_or(facts.offset)};
    const std::string extra = (part.zip64 ? zip64_field(facts) : "") + part.extra;
    directory += "PK\1\2" + number(0x0314, 2) + number(20, 2) + common(flags, part.method, facts, part.zip64) +
                 number(part.name.size(), 2) + number(extra.size(), 2) + number(0, 2) + number(part.disk, 2) +
                 number(0, 2) + number(std::uint64_t{part.mode} << 16, 4) + number(facts.offset, 4) + part.name + extra;
  }
  const std::uint64_t offset = out.size();
  out += directory + tail.after_directory;
  if (tail.zip64) {
    const std::uint64_t end64 = out.size(), entries = tail.entries64.value_or(parts.size());
    out += "PK\6\6" + number(44, 8) + number(0x0314, 2) + number(45, 2) + number(0, 8) + number(entries, 8) +
           number(entries, 8) + number(directory.size(), 8) + number(offset, 8);
    out += "PK\6\7" + number(0, 4) + number(end64, 8) + number(1, 4);
  }
  const auto entries = tail.entries.value_or(tail.zip64 ? 0xffff : static_cast<std::uint16_t>(parts.size()));
  const std::uint64_t most = 0xffffffff;
  out += "PK\5\6" + number(tail.disk.value_or(0), 2) + number(0, 2) + number(entries, 2) + number(entries, 2) +
         number(tail.zip64 ? most : directory.size(), 4) + number(tail.zip64 ? most : offset, 4) +
         number(tail.comment.size(), 2) + tail.comment;
  return out + tail.after_end;
}
