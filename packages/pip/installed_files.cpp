#include "installed_files.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::pip {
namespace {

// `/` is before all other bytes, so that nothing is between a file and the files below it.
bool is_before(const std::string& a, const std::string& b) {
  const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; };
  return std::ranges::lexicographical_compare(a, b, {}, rank, rank);
}

bool is_same(const InstalledFile& a, const InstalledFile& b) {
  return a.entry.kind == b.entry.kind && a.entry.size == b.entry.size && *a.entry.target == *b.entry.target &&
         a.checksum == b.checksum;
}

[[noreturn]] void refuse(const InstalledFile& a, const InstalledFile& b, std::string_view flaw) {
  throw Error(ErrorKind::usage, cat("`/", printable(a.entry.path, 400), "` ", flaw),
              "remove one of the two packages, or install it into another folder")
      .because(cat("it comes from ", *a.entry.origin, " and from ", *b.entry.origin));
}

}  // namespace

InstalledFile file_of(std::string path, std::string content, std::uint32_t mode, std::string origin) {
  Hasher hasher(HashAlgorithm::sha256);
  hasher.write(as_bytes(content));
  InstalledFile out;
  out.checksum = hasher.finish();
  out.entry.path = std::move(path);
  out.entry.mode = mode;
  out.entry.size = content.size();
  out.entry.content = std::move(content);
  out.entry.origin = std::move(origin);
  return out;
}

std::vector<layers::Entry> merged(std::vector<InstalledFile> files) {
  const auto path_of = [](const InstalledFile& file) -> const std::string& { return file.entry.path; };
  std::ranges::stable_sort(files, is_before, path_of);
  std::vector<layers::Entry> out;
  const InstalledFile* last = nullptr;
  for (const auto& file : files) {
    if (last != nullptr && file.entry.path == last->entry.path) {
      if (!is_same(*last, file)) refuse(*last, file, "has two different contents");
      out.back().mode |= file.entry.mode;
      continue;
    }
    if (last != nullptr && file.entry.path.starts_with(last->entry.path) &&
        file.entry.path[last->entry.path.size()] == '/')
      refuse(*last, file, "is a file and a folder");
    out.push_back(file.entry);
    last = &file;
  }
  std::ranges::sort(out, {}, &layers::Entry::path);
  return out;
}

std::string path_from(std::string_view folder, std::string_view path) {
  while (!folder.empty() && !path.empty()) {
    const auto first = folder.substr(0, folder.find('/'));
    if (path.substr(0, path.find('/')) != first || first.size() == path.size()) break;
    folder.remove_prefix(std::min(first.size() + 1, folder.size()));
    path.remove_prefix(first.size() + 1);
  }
  std::string out;
  for_each_part(folder, [&](std::string_view) {
    out += "../";
    return true;
  });
  return out += path;
}

}  // namespace lapstrake::packages::pip
