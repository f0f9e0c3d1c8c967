// Small entries for tests.
#pragma once
#include <sys/stat.h>

#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/layers/write.hpp>
#include <string>
#include <vector>

namespace lapstrake::layers {

inline Entry file(std::string path, std::string text = "") {
  Entry entry;
  entry.path = std::move(path);
  entry.size = text.size();
  entry.content = std::move(text);
  return entry;
}

inline Entry folder(std::string path, std::uint32_t mode = 0755) {
  Entry entry;
  entry.path = std::move(path);
  entry.kind = Kind::directory;
  entry.mode = mode;
  return entry;
}

inline Entry link(Kind kind, std::string path, std::string target) {
  Entry entry;
  entry.path = std::move(path);
  entry.kind = kind;
  entry.mode = kind == Kind::symlink ? 0777 : 0644;
  entry.target = std::move(target);
  return entry;
}

// A host's file as a listing would find it.
inline Entry from_host(std::string name, const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) throw std::runtime_error("lstat failed");
  Entry entry;
  entry.path = std::move(name);
  entry.size = static_cast<std::uint64_t>(status.st_size);
  auto folder = std::make_shared<HostFolder>();
  folder->path = path.parent_path().string();
  folder->names = path.filename().string();
  folder->items = {
      {.stamp = {.device = status.st_dev,
                 .inode = status.st_ino,
                 .size = entry.size,
                 .modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec,
                 .changed_ns = std::int64_t{status.st_ctim.tv_sec} * 1'000'000'000 + status.st_ctim.tv_nsec}}};
  entry.content = HostFile{.folder = std::move(folder)};
  entry.origin = "copy `" + entry.path + "` (lapstrake.yaml:3:5)";
  return entry;
}

struct Layer {
  std::string bytes;
  Written written;
};

inline Layer layer_of(const std::vector<Entry>& entries, WriteOptions options = {}) {
  Layer out{{}, Written{oci::Digest::of(""), oci::Digest::of(""), 0, 0, {}}};
  out.written = write_layer(entries, options, [&](Bytes bytes) { out.bytes += as_text(bytes); });
  return out;
}

inline std::vector<TarEntry> entries_of(const std::string& tar) {
  std::vector<TarEntry> out;
  read_tar(source_of(tar), "the tar", [&](const TarEntry& entry, const Source&) { out.push_back(entry); });
  return out;
}

}  // namespace lapstrake::layers
