#include <array>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/elf.hpp>
#include <map>
#include <string>
#include <string_view>

namespace lapstrake::packages {
namespace {

// Thrown for a damaged file, and caught in this unit.
struct Damaged {};

constexpr std::uint64_t most_strings = 16u << 20, most_segments = 1'000, most_dynamic = 100'000, most_versions = 10'000;
constexpr std::size_t most_needed = 4'096, most_name = 4'096;
constexpr std::size_t most_kept = 4u << 20;  // bytes of all strings of the result
constexpr std::uint32_t load_segment = 1, dynamic_segment = 2;
enum Tag : std::uint64_t {
  needed = 1,
  string_table = 5,
  string_size = 10,
  own_name = 14,
  rpath = 15,
  runpath = 29,
  versions_needed = 0x6ffffffe,
  versions_needed_count = 0x6fffffff
};

class ElfReader {
 public:
  explicit ElfReader(const RandomAccess& file) : file_(file) {}

  ElfNeeds run() {
    read_segments();
    read_dynamic();
    strings_ = text(offset_of(value(string_table)), value(string_size, most_strings));
    ElfNeeds out;
    for (const auto name : names_) out.libraries.push_back(kept(string_at(name)));
    if (const auto name = dynamic_.find(own_name); name != dynamic_.end()) out.soname = string_at(name->second);
    const auto path = dynamic_.contains(runpath) ? dynamic_.find(runpath) : dynamic_.find(rpath);
    if (path != dynamic_.end()) out.search_paths = split(string_at(path->second), ':');
    read_versions(out);
    return out;
  }

 private:
  struct Segment {
    std::uint64_t offset, address, size;
  };

  std::string text(std::uint64_t offset, std::uint64_t size) const {
    if (offset > file_.size || size > file_.size - offset) throw Damaged();
    std::string out(static_cast<std::size_t>(size), '\0');
    if (size > 0) file_.read(offset, std::as_writable_bytes(std::span(out)));
    return out;
  }
  static std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
    if (at > bytes.size() || size > bytes.size() - at) throw Damaged();
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < size; ++i) out |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    return out;
  }
  std::string string_at(std::uint64_t at) const {
    if (at >= strings_.size()) throw Damaged();
    const auto rest = std::string_view(strings_).substr(static_cast<std::size_t>(at), most_name + 1);
    const auto end = rest.find('\0');
    if (end == rest.npos) throw Damaged();
    return std::string(rest.substr(0, end));
  }
  // Counts a string of the result: many entries can name the same long string.
  std::string kept(std::string text) {
    if (text.size() > most_kept - kept_) throw Damaged();
    kept_ += text.size();
    return text;
  }

  void read_segments() {
    const auto header = text(0, 64);
    if (!header.starts_with("\x7f"
                            "ELF\x02\x01"))
      throw Damaged();  // 64 bits, little-endian
    const auto start = number(header, 32, 8), entry = number(header, 54, 2), count = number(header, 56, 2);
    if (entry < 56 || count > most_segments) throw Damaged();
    const auto table = text(start, entry * count);
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i * entry);
      const Segment segment{number(table, at + 8, 8), number(table, at + 16, 8), number(table, at + 32, 8)};
      if (number(table, at, 4) == load_segment) loaded_.push_back(segment);
      if (number(table, at, 4) == dynamic_segment) dynamic_segment_ = segment;
    }
  }

  void read_dynamic() {
    if (!dynamic_segment_ || dynamic_segment_->size / 16 > most_dynamic) throw Damaged();
    const auto table = text(dynamic_segment_->offset, dynamic_segment_->size);
    for (std::size_t at = 0; at + 16 <= table.size(); at += 16) {
      const auto tag = number(table, at, 8), value = number(table, at + 8, 8);
      if (tag == 0) break;
      if (tag == needed) {
        if (names_.size() == most_needed) throw Damaged();
        names_.push_back(value);
      }
      dynamic_.insert_or_assign(tag, value);
    }
  }

  std::uint64_t value(std::uint64_t tag, std::uint64_t most = ~std::uint64_t{0}) const {
    const auto found = dynamic_.find(tag);
    if (found == dynamic_.end() || found->second > most) throw Damaged();
    return found->second;
  }
  // The place in the file of an address in memory.
  std::uint64_t offset_of(std::uint64_t address) const {
    for (const auto& segment : loaded_)
      if (address >= segment.address && address - segment.address < segment.size)
        return address - segment.address + segment.offset;
    throw Damaged();
  }

  void read_versions(ElfNeeds& out) {
    if (!dynamic_.contains(versions_needed)) return;
    auto at = offset_of(value(versions_needed));
    for (auto left = value(versions_needed_count, most_versions); left > 0; --left) {
      const auto record = text(at, 16);
      const auto library = string_at(number(record, 4, 4));
      auto inner = at + number(record, 8, 4);
      for (auto count = number(record, 2, 2); count > 0; --count) {
        if (out.versions.size() == most_versions) throw Damaged();
        const auto name = text(inner, 16);
        out.versions.push_back({.library = kept(library), .version = kept(string_at(number(name, 8, 4)))});
        inner += number(name, 12, 4);
      }
      at += number(record, 12, 4);
    }
  }

  const RandomAccess& file_;
  std::vector<Segment> loaded_;
  std::optional<Segment> dynamic_segment_;
  std::map<std::uint64_t, std::uint64_t> dynamic_;
  std::vector<std::uint64_t> names_;
  std::string strings_;
  std::size_t kept_ = 0;
};

}  // namespace

std::optional<ElfNeeds> elf_needs(const RandomAccess& file) {
  try {
    return ElfReader(file).run();
  } catch (const Damaged&) {
    return std::nullopt;
  }
}

}  // namespace lapstrake::packages
