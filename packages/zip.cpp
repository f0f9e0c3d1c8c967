#include <sys/stat.h>

#include <algorithm>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/zip.hpp>
#include <numeric>
#include <utility>

#include "zip_records.hpp"

namespace lapstrake::packages {
namespace {

std::string_view without_slash(std::string_view name) {
  if (name.ends_with('/')) name.remove_suffix(1);
  return name;
}

// `/` is before all other bytes, so that nothing is between a file or folder and the entries below it.
bool is_before(std::string_view a, std::string_view b) {
  const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; };
  return std::ranges::lexicographical_compare(without_slash(a), without_slash(b), {}, rank, rank);
}

void check_name(const ZipHeader& header) {
  const std::string_view name = header.name;
  if (name.empty()) throw ZipFlaw{"an entry has no name"};
  if (name.size() > limits::path_bytes)
    refuse_entry(name, cat("has a name longer than ", limits::path_bytes, " bytes"));
  if (name.find('\0') != std::string_view::npos) refuse_entry(name, "has a NUL byte in its name");
  if (name.find('\\') != std::string_view::npos) refuse_entry(name, "has a `\\` in its name");
  if (!is_utf8(name)) refuse_entry(name, "has a name that is not UTF-8");
  const bool is_ascii = std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 128; });
  if (!is_ascii && !header.is_marked_utf8()) refuse_entry(name, "has a name that is not marked as UTF-8");
  if (name.starts_with('/')) refuse_entry(name, "has an absolute name");
  for (const auto& part : split(without_slash(name), '/')) {
    if (part == "..") refuse_entry(name, "has `..` in its name");
    if (part.empty() || part == ".") refuse_entry(name, "has an empty part or a `.` in its name");
  }
}

ZipEntry entry_of(const ZipHeader& header) {
  check_name(header);
  ZipEntry out{.name = header.name, .is_folder = header.name.ends_with('/')};
  if (header.is_encrypted()) refuse_entry(out.name, "is encrypted");
  if (header.method != 0 && header.method != 8)
    refuse_entry(out.name, cat("has the compression method ", header.method, ", which wheels do not use"));
  if (header.method == 0 && header.packed_size != header.size)
    refuse_entry(out.name, "is stored without compression, but has two sizes");
  if (out.is_folder && header.size != 0) refuse_entry(out.name, "is a folder with content");
  const std::uint32_t mode = header.attributes >> 16, type = mode & S_IFMT;
  if (type == S_IFLNK) refuse_entry(out.name, "is a symbolic link");
  if (type != 0 && type != S_IFREG && type != S_IFDIR) refuse_entry(out.name, "is a special file");
  if (type == S_IFDIR && !out.is_folder) refuse_entry(out.name, "has the mode of a folder and the name of a file");
  out.is_executable = !out.is_folder && (mode & 0111) != 0;
  out.method = header.method;
  out.crc = header.crc;
  out.packed_size = header.packed_size;
  out.size = header.size;
  return out;
}

std::vector<ZipHeader> central_headers(const RandomAccess& file, const ZipEnd& end) {
  if (end.directory_offset > end.offset || end.directory_size > end.offset - end.directory_offset)
    throw ZipFlaw{"its central directory lies outside of the file"};
  if (end.directory_size != end.offset - end.directory_offset)
    throw ZipFlaw{"it has bytes between its central directory and its end record"};
  if (end.entries > limits::zip_entries) throw ZipFlaw{cat("it has more than ", limits::zip_entries, " entries")};
  const std::string text = read_part(file, end.directory_offset, end.directory_size);
  std::vector<ZipHeader> out;
  std::string_view rest = text;
  while (!rest.empty() && out.size() < end.entries) out.push_back(take_central_header(rest));
  if (!rest.empty() || out.size() != end.entries)
    throw ZipFlaw{cat("its end record counts ", count_of(end.entries, "entry", "entries"),
                      ", its central directory has a different number")};
  return out;
}

void check_sum(const RandomAccess& file, const std::vector<ZipHeader>& headers) {
  const std::uint64_t most = limits::spooled_bytes_for(file.size);
  std::uint64_t sum = 0;
  for (const auto& header : headers) {
    if (header.size > most - sum) throw ZipFlaw{cat("its entries unpack to more than ", human_size(most))};
    sum += header.size;
  }
}

void compare(const ZipHeader& local, const ZipHeader& central) {
  if (local.name != central.name)
    refuse_entry(central.name, cat("has the name `", printable(local.name, 400), "` in its local header"));
  // 4.4.4: with a data descriptor, the local header may have zeros.
  const auto agrees = [&](std::uint64_t in_local, std::uint64_t in_central) {
    return in_local == in_central || (central.has_descriptor() && in_local == 0);
  };
  if (local.method != central.method || local.has_descriptor() != central.has_descriptor() ||
      local.is_marked_utf8() != central.is_marked_utf8() || local.is_encrypted() != central.is_encrypted() ||
      !agrees(local.crc, central.crc) || !agrees(local.packed_size, central.packed_size) ||
      !agrees(local.size, central.size))
    refuse_entry(central.name, "has a local header that differs from the central directory");
}

// Where the data of the entry begins, whose next neighbour begins at `next`.
std::uint64_t data_offset(const RandomAccess& file, const ZipHeader& central, std::uint64_t next) {
  const auto local = read_local_header(file, central.offset, central.name);
  compare(local, central);
  const std::uint64_t begin = central.offset + local.length;
  if (begin > next || central.packed_size > next - begin)
    refuse_entry(central.name, "overlaps the next entry or the central directory");
  const std::uint64_t end = begin + central.packed_size;
  if (central.has_descriptor())
    check_descriptor(file, end, next - end, central);
  else if (end != next)
    refuse_entry(central.name, "is followed by bytes that belong to no entry");
  return begin;
}

// Every byte before the central directory belongs to one entry.
void place(const RandomAccess& file, const std::vector<ZipHeader>& headers, std::uint64_t end,
           std::vector<ZipEntry>& entries) {
  std::vector<std::size_t> order(headers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return headers[i].offset; });
  if (headers.empty() ? end != 0 : headers[order.front()].offset != 0)
    throw ZipFlaw{"it has bytes before its first entry"};
  if (!headers.empty() && headers[order.back()].offset >= end)
    refuse_entry(headers[order.back()].name, "lies outside of the file");
  for (std::size_t i = 0; i < order.size(); ++i) {
    const ZipHeader& header = headers[order[i]];
    const std::uint64_t next = i + 1 < order.size() ? headers[order[i + 1]].offset : end;
    entries[order[i]].data_offset = data_offset(file, header, next);
  }
}

// Indices of the entries, sorted by is_before().
std::vector<std::size_t> sorted_by_name(const std::vector<ZipEntry>& entries) {
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, is_before, [&](std::size_t i) -> std::string_view { return entries[i].name; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    const ZipEntry &first = entries[order[i - 1]], &second = entries[order[i]];
    const bool are_files = !first.is_folder && !second.is_folder;
    if (without_slash(first.name) == without_slash(second.name))
      refuse_entry(second.name,
                   are_files || first.is_folder == second.is_folder ? "occurs twice" : "is a file and a folder");
    if (!first.is_folder && second.name.starts_with(first.name) && second.name[first.name.size()] == '/')
      refuse_entry(first.name, "is a file and a folder");
  }
  return order;
}

}  // namespace

Zip::Zip(RandomAccess file, std::string what) : file_(std::move(file)), what_(std::move(what)) {
  try {
    const ZipEnd end = read_zip_end(file_);
    const auto headers = central_headers(file_, end);
    entries_.reserve(headers.size());
    for (const auto& header : headers) entries_.push_back(entry_of(header));
    by_name_ = sorted_by_name(entries_);
    check_sum(file_, headers);
    place(file_, headers, end.directory_offset, entries_);
  } catch (const ZipFlaw& flaw) {
    refuse_zip(what_, flaw);
  }
}

const ZipEntry* Zip::find(std::string_view name) const {
  const auto name_at = [&](std::size_t i) -> std::string_view { return entries_[i].name; };
  const auto found = std::ranges::lower_bound(by_name_, name, is_before, name_at);
  return found != by_name_.end() && name_at(*found) == name ? &entries_[*found] : nullptr;
}

}  // namespace lapstrake::packages
