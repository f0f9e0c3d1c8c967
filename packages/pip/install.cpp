#include <algorithm>
#include <array>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/packages/pip/entry_points.hpp>
#include <lapstrake/packages/pip/install.hpp>
#include <lapstrake/packages/pip/metadata.hpp>
#include <lapstrake/packages/pip/record.hpp>

#include "installed_files.hpp"
#include "invalid_wheel.hpp"
#include "wheel_paths.hpp"

namespace lapstrake::packages::pip {
namespace {

constexpr std::string_view installer = "lapstrake\n", shebang = "#!python";
constexpr std::size_t longest_script = 16u << 20;

// One wheel's files in their places.
class WheelInstall {
 public:
  WheelInstall(const UnpackedArchive& wheel, const Scheme& scheme, std::vector<InstalledFile>& out)
      : wheel_(wheel), scheme_(scheme), out_(out), dist_info_(find_dist_info()) {
    data_folder_ =
        cat(std::string_view(dist_info_).substr(0, dist_info_.size() - dist_info_suffix.size()), data_suffix);
    record_ = parse_record(text("RECORD", limits::tree_bytes_at_most), wheel.what());
    project_ = parse_metadata(text("METADATA"), wheel.what()).name;
    if (wheel.find(in_dist_info("entry_points.txt")) != nullptr)
      entry_points_ = parse_entry_points(text("entry_points.txt"), wheel.what());
  }
  void add_files() {
    for (const auto& member : wheel_.members())
      if (member.path != in_dist_info("RECORD") && member.path != in_dist_info("INSTALLER")) add_member(member);
    for (const auto& entry_point : entry_points_)
      add(file_of(joined(scheme_.bin, entry_point.name), script_text(entry_point, scheme_.interpreter), 0755,
                  wheel_.what()));
    const std::string folder = joined(scheme_.site_packages, dist_info_);
    add(file_of(joined(folder, "INSTALLER"), std::string(installer), 0644, wheel_.what()));
    const std::string record = joined(folder, "RECORD");
    installed_.push_back({.path = path_from(scheme_.site_packages, record), .checksum = {}, .size = {}});
    out_.push_back(file_of(record, render_record(std::move(installed_)), 0644, wheel_.what()));
  }

 private:
  std::string in_dist_info(std::string_view name) const { return cat(dist_info_, "/", name); }
  std::string find_dist_info() const {
    for (const auto& member : wheel_.members())
      if (top_of(member.path).ends_with(dist_info_suffix) && lapstrake::name_of(member.path) == "RECORD")
        return std::string(top_of(member.path));
    throw invalid_wheel(wheel_.what(), "its RECORD is missing");
  }
  std::string text(std::string_view name, std::uint64_t most = 4u << 20) const {
    const Member* member = wheel_.find(in_dist_info(name));
    if (member == nullptr) throw invalid_wheel(wheel_.what(), cat("its ", name, " is missing"));
    return wheel_.text(*member, static_cast<std::size_t>(most));
  }

  void add(InstalledFile file) {
    installed_.push_back({.path = path_from(scheme_.site_packages, file.entry.path),
                          .checksum = file.checksum,
                          .size = file.entry.size});
    out_.push_back(std::move(file));
  }
  void add_member(const Member& member) {
    const auto data = data_path(member.path, data_folder_);
    if (!data) return add_copy(member, joined(scheme_.site_packages, member.path));
    if (data->key == "scripts") return add_script(member, data->rest);
    add_copy(member, joined(folder_of(data->key), data->rest));
  }
  std::string folder_of(std::string_view key) const {
    if (key == "purelib" || key == "platlib") return scheme_.site_packages;
    if (key == "headers") return joined(scheme_.include, project_);
    if (key == "data") return scheme_.prefix;
    throw invalid_wheel(wheel_.what(), cat("it has the unknown data folder ", backquoted(key)));
  }
  void add_copy(const Member& member, std::string path) {
    const auto line = std::ranges::lower_bound(record_, member.path, {}, &RecordLine::path);
    if (line == record_.end() || line->path != member.path)
      throw invalid_wheel(wheel_.what(), cat("its RECORD does not list ", backquoted(member.path)));
    add({.entry = wheel_.entry(member, std::move(path)), .checksum = line->checksum});
  }
  void add_script(const Member& member, std::string_view name) {
    if (is_made_of_entry_point(name)) return;
    std::string path = joined(scheme_.bin, name);
    if (wheel_.head(member, shebang.size()) != shebang) {
      add_copy(member, std::move(path));
      out_.back().entry.mode = 0755;
      return;
    }
    // The whole first line is replaced, as pip does; an argument after `#!python` is dropped.
    const std::string script = wheel_.text(member, longest_script);
    const auto end = script.find('\n');
    const auto rest = end == std::string::npos ? std::string_view{} : std::string_view(script).substr(end + 1);
    add(file_of(std::move(path), cat("#!", scheme_.interpreter, "\n", rest), 0755, wheel_.what()));
  }
  // Old versions of setuptools put such scripts into wheels, also for Windows.
  bool is_made_of_entry_point(std::string_view name) const {
    const auto is_command = [&](std::string_view command) {
      return std::ranges::find(entry_points_, command, &EntryPoint::name) != entry_points_.end();
    };
    constexpr std::array<std::string_view, 3> suffixes{"", ".exe", "-script.py"};
    return std::ranges::any_of(suffixes, [&](std::string_view suffix) {
      return name.ends_with(suffix) && is_command(name.substr(0, name.size() - suffix.size()));
    });
  }

  const UnpackedArchive& wheel_;
  const Scheme& scheme_;
  std::vector<InstalledFile>& out_;
  std::string dist_info_, data_folder_, project_;
  std::vector<RecordLine> record_, installed_;
  std::vector<EntryPoint> entry_points_;
};

InstalledFile link_to(std::string target, std::string path, std::string origin) {
  InstalledFile out;
  out.entry.path = std::move(path);
  out.entry.kind = layers::Kind::symlink;
  out.entry.mode = 0777;
  out.entry.target = std::move(target);
  out.entry.origin = std::move(origin);
  return out;
}

// As Python's venv module: bin/NAME is the link to the Python, the other names are links to it.
void add_venv(const Scheme& scheme, std::vector<InstalledFile>& out) {
  const std::string origin = cat("the virtual environment `/", scheme.prefix, "`");
  const auto& python = scheme.python;
  const std::string config = cat("home = ", parent_of(python.interpreter), "\ninclude-system-site-packages = false\n",
                                 python.version.patch ? cat("version = ", python.version.text(), "\n") : "");
  out.push_back(file_of(joined(scheme.prefix, "pyvenv.cfg"), config, 0644, origin));
  const std::string name(lapstrake::name_of(python.interpreter));
  out.push_back(link_to(python.interpreter, joined(scheme.bin, name), origin));
  for (const auto& other : {std::string("python"), std::string("python3"), cat("python", python.version.short_text())})
    if (other != name) out.push_back(link_to(name, joined(scheme.bin, other), origin));
  out.push_back(link_to("lib", joined(scheme.prefix, "lib64"), origin));
}

}  // namespace

std::vector<layers::Entry> install(const std::vector<UnpackedArchive>& wheels, const Scheme& scheme) {
  std::vector<InstalledFile> files;
  if (scheme.is_venv) add_venv(scheme, files);
  for (const auto& wheel : wheels) WheelInstall(wheel, scheme, files).add_files();
  auto out = merged(std::move(files));
  for (auto& entry : out) {
    entry.uid = scheme.uid;
    entry.gid = scheme.gid;
  }
  return out;
}

}  // namespace lapstrake::packages::pip
