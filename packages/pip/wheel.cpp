#include <algorithm>
#include <array>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/packages/pip/entry_points.hpp>
#include <lapstrake/packages/pip/metadata.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/record.hpp>
#include <lapstrake/packages/pip/tags.hpp>
#include <lapstrake/packages/pip/version.hpp>
#include <lapstrake/packages/pip/wheel.hpp>
#include <lapstrake/packages/zip.hpp>
#include <vector>

#include "invalid_wheel.hpp"
#include "wheel_paths.hpp"

namespace lapstrake::packages::pip {
namespace {

bool is_same_version(std::string_view a, std::string_view b) {
  const auto left = Version::from_text(a), right = Version::from_text(b);
  return left && right && *left == *right;
}

class WheelReader {
 public:
  WheelReader(const RandomAccess& file, std::string_view file_name, const WheelExpectation& expected)
      : what_(description_of_wheel(file_name)), expected_(expected), zip_(file, what_), size_(file.size) {
    const auto name = WheelName::from_text(file_name);
    if (!name) refuse("its file name does not have the form `name-version-python-abi-platform.whl`");
    check_identity(name->name, name->version, "its file name");
    find_dist_info();
    check_data_folders();
    check_texts();
  }
  void unpack(UnpackedArchiveWriter& out) {
    for (const auto& entry : zip_.entries())
      if (!is_ignored(entry.name)) unpack(entry, out);
    for (std::size_t i = 0; i < record_.size(); ++i)
      if (!is_found_[i] && !is_ignored(record_[i].path))
        refuse(cat("its RECORD lists ", backquoted(record_[i].path), ", which it lacks"));
  }

 private:
  [[noreturn]] void refuse(std::string why) const { throw invalid_wheel(what_, std::move(why)); }

  void check_identity(std::string_view name, std::string_view version, std::string_view where) const {
    if (!is_valid_name(name) || normalized_name(name) != normalized_name(expected_.name))
      refuse(cat(where, " has the name ", backquoted(name), ", expected ", backquoted(expected_.name)));
    if (!is_same_version(version, expected_.version))
      refuse(cat(where, " has the version ", backquoted(version), ", expected ", backquoted(expected_.version)));
  }
  // "flask-3.1.0.dist-info" -> "flask", "3.1.0"
  void check_folder(std::string_view folder, std::string_view suffix) const {
    const auto stem = folder.substr(0, folder.size() - suffix.size());
    const auto dash = stem.rfind('-');
    if (dash == std::string_view::npos) refuse(cat("its folder ", backquoted(folder), " has no version in its name"));
    check_identity(stem.substr(0, dash), stem.substr(dash + 1), cat("its folder ", backquoted(folder)));
  }

  void find_dist_info() {
    for (const auto& entry : zip_.entries()) {
      const auto top = top_of(entry.name);
      if (!top.ends_with(dist_info_suffix) || top == dist_info_ || top.size() == entry.name.size()) continue;
      if (!dist_info_.empty())
        refuse(cat("it has two .dist-info folders: ", backquoted(dist_info_), " and ", backquoted(top)));
      dist_info_ = top;
    }
    if (dist_info_.empty()) refuse("it has no .dist-info folder");
    check_folder(dist_info_, dist_info_suffix);
  }
  // install.hpp looks for the folder with the name that belongs to the .dist-info folder.
  void check_data_folders() const {
    const auto folder =
        cat(std::string_view(dist_info_).substr(0, dist_info_.size() - dist_info_suffix.size()), data_suffix);
    for (const auto& entry : zip_.entries()) {
      const auto top = top_of(entry.name);
      if (!top.ends_with(data_suffix) || entry.is_folder) continue;
      if (top != folder) refuse(cat("it has the folder ", backquoted(top), ", expected ", backquoted(folder)));
      const auto path = data_path(entry.name, folder);
      constexpr std::array<std::string_view, 5> keys{"data", "headers", "platlib", "purelib", "scripts"};
      if (!path || path->rest.empty() || std::ranges::find(keys, path->key) == keys.end())
        refuse(cat("it has ", backquoted(entry.name), ", but the folder ", backquoted(folder),
                   " may have only the folders data, headers, platlib, purelib and scripts"));
      if (path->key == "scripts") check_script(path->rest);
    }
  }
  void check_script(std::string_view name) const {
    if (const auto flaw = flaw_of_script_name(name); !flaw.empty())
      refuse(cat("it has the script ", backquoted(name), ", which ", flaw));
  }

  std::string in_dist_info(std::string_view name) const { return cat(dist_info_, "/", name); }
  std::string text(std::string_view name, std::size_t most = 4u << 20) const {
    const ZipEntry* entry = zip_.find(in_dist_info(name));
    if (entry == nullptr) refuse(cat("its ", name, " is missing"));
    return zip_.text(*entry, most);
  }
  void check_texts() {
    const auto metadata = parse_metadata(text("METADATA"), what_);
    check_identity(metadata.name, metadata.version, "its METADATA");
    parse_wheel_info(text("WHEEL"), what_);
    if (zip_.find(in_dist_info("entry_points.txt")) != nullptr) parse_entry_points(text("entry_points.txt"), what_);
    record_ = parse_record(text("RECORD", static_cast<std::size_t>(limits::tree_bytes_for(size_))), what_);
    is_found_.resize(record_.size());
  }

  bool is_ignored(std::string_view path) const {
    return path.ends_with('/') || is_in_pycache(path) || path == in_dist_info("RECORD.jws") ||
           path == in_dist_info("RECORD.p7s");
  }
  void unpack(const ZipEntry& entry, UnpackedArchiveWriter& out) {
    const auto line = std::ranges::lower_bound(record_, entry.name, {}, &RecordLine::path);
    const bool is_listed = line != record_.end() && line->path == entry.name;
    if (is_listed) is_found_[static_cast<std::size_t>(line - record_.begin())] = true;
    const bool is_record = entry.name == in_dist_info("RECORD");
    if (!is_listed && !is_record) refuse(cat("its RECORD does not list ", backquoted(entry.name)));
    const Sink content = out.add_file({.path = entry.name, .mode = entry.is_executable ? 0755u : 0644u});
    if (is_record) return zip_.read(entry, content);
    copy(entry, *line, content);
  }
  void copy(const ZipEntry& entry, const RecordLine& line, const Sink& content) const {
    if (!line.checksum) refuse(cat("its RECORD has no checksum of ", backquoted(entry.name)));
    if (line.size && *line.size != entry.size)
      refuse(cat("the size of ", backquoted(entry.name), " is ", entry.size, ", its RECORD has ", *line.size));
    Hasher hasher(line.checksum->algorithm);
    zip_.read(entry, [&](Bytes bytes) {
      hasher.write(bytes);
      content(bytes);
    });
    const Checksum found = hasher.finish();
    if (found != *line.checksum)
      refuse(cat("the checksum of ", backquoted(entry.name), " is ", found.text(), ", its RECORD has ",
                 line.checksum->text()));
  }

  std::string what_;
  const WheelExpectation& expected_;
  Zip zip_;
  std::uint64_t size_;     // of the wheel
  std::string dist_info_;  // its folder
  std::vector<RecordLine> record_;
  std::vector<bool> is_found_;  // for each line of record_
};

}  // namespace

std::string description_of_wheel(std::string_view file_name) { return cat("the wheel ", backquoted(file_name)); }

void unpack_wheel(const RandomAccess& file, std::string_view file_name, const WheelExpectation& expected,
                  UnpackedArchiveWriter& out) {
  WheelReader(file, file_name, expected).unpack(out);
}

}  // namespace lapstrake::packages::pip
