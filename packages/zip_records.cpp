#include "zip_records.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <optional>
#include <span>
#include <vector>

namespace lapstrake::packages {
namespace {

constexpr std::uint32_t local_signature = 0x04034b50, central_signature = 0x02014b50, descriptor_signature = 0x08074b50;
constexpr std::uint32_t in_zip64 = 0xffffffff;  // 4.4.1.4: the value is in the ZIP64 field

// Takes little-endian numbers (4.4.1.1) from the front of a text.
class Fields {
 public:
  Fields(std::string_view bytes, std::string_view flaw) : rest_(bytes), flaw_(flaw) {}
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::string_view text(std::size_t size) {
    if (size > rest_.size()) throw ZipFlaw{std::string(flaw_)};
    const auto out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::uint64_t number(unsigned size) {
    std::uint64_t value = 0;
    const auto bytes = text(size);
    for (unsigned i = 0; i < size; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return value;
  }
  std::string_view rest_, flaw_;
};

// The content of the ZIP64 field (4.5.3) among the extra fields. Another field gives some tools another name.
std::optional<std::string_view> zip64_field(std::string_view extra, std::string_view name) {
  constexpr std::uint16_t zip64 = 0x0001, unicode_path = 0x7075;
  const std::string flaw = cat("the entry `", printable(name, 400), "` has damaged extra fields");
  std::optional<std::string_view> found;
  for (Fields fields(extra, flaw); !fields.rest().empty();) {
    const auto kind = fields.u16();
    const auto content = fields.text(fields.u16());
    if (kind == unicode_path) refuse_entry(name, "has a second name in an extra field");
    if (kind != zip64) continue;
    if (found) refuse_entry(name, "has two ZIP64 fields");
    found = content;
  }
  return found;
}

// Replaces the numbers whose value is in the ZIP64 field, in the order of 4.5.3. Some writers always add the field,
// with all numbers: those that the header has too must agree.
void apply_zip64(ZipHeader& header, std::string_view extra, bool is_central) {
  std::vector<std::uint64_t*> numbers{&header.size, &header.packed_size};
  if (is_central) numbers.push_back(&header.offset);
  const auto is_large = [](const std::uint64_t* number) { return *number == in_zip64; };
  const auto large = static_cast<std::size_t>(std::ranges::count_if(numbers, is_large));
  const auto field = zip64_field(extra, header.name).value_or(std::string_view{});
  const bool has_all = field.size() == 16 || field.size() == 8 * numbers.size();
  if (field.size() != 8 * large && !has_all) refuse_entry(header.name, "has a ZIP64 field of an unexpected size");
  for (Fields fields(field, {}); auto* number : numbers) {
    if (field.size() == 8 * large && !is_large(number)) continue;
    if (fields.rest().empty()) break;
    const auto value = fields.u64();
    if (!is_large(number) && *number != value)
      refuse_entry(header.name, "has a ZIP64 field that differs from its header");
    *number = value;
  }
}

// What a local and a central header have in common, from the flags to the sizes.
void take_common(Fields& fields, ZipHeader& header) {
  header.flags = fields.u16();
  header.method = fields.u16();
  fields.u32();  // time and date
  header.crc = fields.u32();
  header.packed_size = fields.u32();
  header.size = fields.u32();
}

// A number of the end record or, if it does not fit there, of the ZIP64 end record; both must agree.
void merge(std::uint64_t& value, std::uint64_t in_place_of, std::uint64_t large) {
  if (value != in_place_of && value != large)
    throw ZipFlaw{"its ZIP64 end record differs from its end of central directory record"};
  value = large;
}

constexpr std::size_t end_size = 22, locator_size = 20, end64_size = 56;

void apply_zip64_end(const RandomAccess& file, ZipEnd& end) {
  const std::string_view signature("PK\6\7", 4), signature64("PK\6\6", 4), flaw = "its ZIP64 end record is damaged";
  const bool needs_it = end.directory_size == in_zip64 || end.directory_offset == in_zip64;
  const bool has_room = end.offset >= locator_size + end64_size;
  const std::string text = has_room ? read_part(file, end.offset - locator_size - end64_size, 76) : "";
  if (!has_room || !std::string_view(text).substr(end64_size).starts_with(signature)) {
    if (needs_it) throw ZipFlaw{"its ZIP64 end record is missing"};
    return;
  }
  end.offset -= locator_size + end64_size;
  Fields locator(std::string_view(text).substr(end64_size + 4), flaw);
  if (locator.u32() != 0 || locator.u64() != end.offset || locator.u32() > 1) throw ZipFlaw{std::string(flaw)};
  Fields fields(text, flaw);
  if (fields.text(4) != signature64 || fields.u64() != end64_size - 12) throw ZipFlaw{std::string(flaw)};
  fields.u32();  // versions
  if (fields.u64() != 0) throw ZipFlaw{"it is a part of a split archive"};
  const auto entries = fields.u64();
  merge(end.entries, 0xffff, entries);
  if (fields.u64() != entries) throw ZipFlaw{"it is a part of a split archive"};
  merge(end.directory_size, in_zip64, fields.u64());
  merge(end.directory_offset, in_zip64, fields.u64());
}

// Where the end record is in `tail`, the last bytes of the file.
std::size_t find_end(std::string_view tail) {
  const std::string_view signature("PK\5\6", 4);
  const auto reaches_the_end = [&](std::size_t at) {
    if (tail.size() - at < end_size) return false;
    Fields length(tail.substr(at + 20), {});
    return at + end_size + length.u16() == tail.size();
  };
  const auto last = tail.rfind(signature);
  if (last == std::string_view::npos) throw ZipFlaw{"it has no end of central directory record"};
  const bool is_last_whole = reaches_the_end(last);
  for (auto at = tail.find(signature); at < last; at = tail.find(signature, at + 1))
    if (reaches_the_end(at)) throw ZipFlaw{"it has a second end of central directory record"};
  if (!is_last_whole) throw ZipFlaw{"it has bytes after its end of central directory record, or is cut there"};
  return last;
}

}  // namespace

void refuse_zip(std::string_view what, const ZipFlaw& flaw) {
  throw Error(ErrorKind::integrity, cat(what, " is not a valid zip file"), "get a new copy of it, or build it again")
      .because(flaw.why);
}

void refuse_entry(std::string_view name, std::string_view flaw) {
  throw ZipFlaw{cat("the entry `", printable(name, 400), "` ", flaw)};
}

std::string read_part(const RandomAccess& file, std::uint64_t offset, std::uint64_t size) {
  std::string out(static_cast<std::size_t>(size), '\0');
  if (size > 0) file.read(offset, std::as_writable_bytes(std::span(out)));
  return out;
}

ZipEnd read_zip_end(const RandomAccess& file) {
  const auto tail_size = std::min<std::uint64_t>(file.size, end_size + 0xffff);
  const std::string tail = read_part(file, file.size - tail_size, tail_size);
  const std::size_t at = find_end(tail);
  Fields fields(std::string_view(tail).substr(at + 4), {});
  if (fields.u32() != 0) throw ZipFlaw{"it is a part of a split archive"};
  ZipEnd out;
  out.offset = file.size - tail_size + at;
  const auto here = fields.u16();
  out.entries = fields.u16();
  if (here != out.entries) throw ZipFlaw{"it is a part of a split archive"};
  out.directory_size = fields.u32();
  out.directory_offset = fields.u32();
  apply_zip64_end(file, out);
  return out;
}

ZipHeader take_central_header(std::string_view& directory) {
  Fields fields(directory, "its central directory is cut");
  if (fields.u32() != central_signature) throw ZipFlaw{"its central directory has an invalid header"};
  fields.u32();  // versions
  ZipHeader out;
  take_common(fields, out);
  const std::size_t name_size = fields.u16(), extra_size = fields.u16(), comment_size = fields.u16();
  const auto disk = fields.u16();
  fields.u16();  // internal attributes
  out.attributes = fields.u32();
  out.offset = fields.u32();
  out.name = fields.text(name_size);
  const auto extra = fields.text(extra_size);
  fields.text(comment_size);
  if (disk != 0) refuse_entry(out.name, "is on another disk of a split archive");
  apply_zip64(out, extra, true);
  out.length = directory.size() - fields.rest().size();
  directory = fields.rest();
  return out;
}

ZipHeader read_local_header(const RandomAccess& file, std::uint64_t offset, std::string_view name) {
  constexpr std::uint64_t fixed_size = 30;
  if (offset > file.size || file.size - offset < fixed_size) refuse_entry(name, "lies outside of the file");
  const std::string fixed = read_part(file, offset, fixed_size);
  Fields fields(fixed, {});
  if (fields.u32() != local_signature) refuse_entry(name, "has no local header where the central directory says");
  fields.u16();  // version
  ZipHeader out;
  take_common(fields, out);
  const std::uint64_t name_size = fields.u16(), extra_size = fields.u16();
  out.length = fixed_size + name_size + extra_size;
  if (file.size - offset < out.length) refuse_entry(name, "lies outside of the file");
  out.name = read_part(file, offset + fixed_size, name_size);
  apply_zip64(out, read_part(file, offset + fixed_size + name_size, extra_size), false);
  return out;
}

void check_descriptor(const RandomAccess& file, std::uint64_t offset, std::uint64_t size, const ZipHeader& header) {
  // With or without a signature, with sizes of four or of eight bytes: four lengths.
  if (size != 12 && size != 16 && size != 20 && size != 24)
    refuse_entry(header.name, "has no data descriptor after its data, or bytes after it");
  const std::string text = read_part(file, offset, size);
  Fields fields(text, {});
  bool agrees = size % 8 == 4 || fields.u32() == descriptor_signature;
  agrees = fields.u32() == header.crc && agrees;
  const auto number = [&] { return size >= 20 ? fields.u64() : fields.u32(); };
  agrees = number() == header.packed_size && agrees;
  agrees = number() == header.size && agrees;
  if (!agrees) refuse_entry(header.name, "has a data descriptor that differs from the central directory");
}

}  // namespace lapstrake::packages
