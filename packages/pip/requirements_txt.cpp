#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/requirements_txt.hpp>

#include "file_values.hpp"
#include "requirement_entry.hpp"
#include "requirement_lines.hpp"

namespace lapstrake::packages::pip {
namespace {

class RequirementsReader {
 public:
  explicit RequirementsReader(const TextReader& read) : read_(read) {}

  LockedPackages all_of(const std::string& file) {
    locked_.file = file;
    add_file(file, Role::requirements);
    for (auto& entry : requirements_) pin(entry);
    refuse_unpinned();
    refuse_unhashed();
    for (auto& entry : requirements_) locked_.packages.push_back(std::move(entry.package));
    return std::move(locked_);
  }

 private:
  enum class Role { requirements, constraints };

  void add_file(const std::string& file, Role role) {
    auto text = read_(file);
    bytes_ += text.size();
    if (bytes_ > limits::lock_file_bytes)
      throw Error(ErrorKind::usage, cat("`", printable(locked_.file), "` and its includes are larger than ",
                                        human_size(limits::lock_file_bytes)));
    open_files_.push_back(file);
    const auto lines = requirement_lines(text, file);
    locked_.inputs.push_back({.path = file, .text = std::move(text)});
    for (const auto& line : lines) add_line(line, role);
    open_files_.pop_back();
  }

  std::string place_of(const RequirementLine& line) const {
    return cat(printable(open_files_.back()), ":", line.number);
  }

  void add_line(const RequirementLine& line, Role role) {
    for (const auto& option : line.options) obey(option, line, role);
    if (line.requirement.empty()) return;
    if (requirements_.size() + constraints_.size() >= limits::locked_packages)
      throw Error(ErrorKind::usage,
                  cat("`", printable(locked_.file), "` has more than ", limits::locked_packages, " packages"));
    auto entry = requirement_entry(line, place_of(line));
    (role == Role::requirements ? requirements_ : constraints_).push_back(std::move(entry));
  }

  void obey(const LineOption& option, const RequirementLine& line, Role role) {
    if (option.name == "--requirement") include(option.value, line, role);
    if (option.name == "--constraint") include(option.value, line, Role::constraints);
    if (option.name == "--editable")
      throw Error(
          ErrorKind::usage, cat(place_of(line), ": `-e ", printable(option.value), "` is source code"),
          "build a wheel and list that; or leave the line out (`uv export --no-emit-project`) and copy the code");
    if (option.name == "--require-hashes") are_hashes_required_ = true;
    // The value is not repeated: it may have a password.
    if (is_index_option(option.name))
      locked_.notes.push_back(cat(place_of(line), ": `", option.name, "` is ignored: the source of the spec decides"));
  }

  void include(const std::string& path, const RequirementLine& line, Role role) {
    if (has_scheme(path) || path.starts_with("file:"))
      throw Error(ErrorKind::usage, cat(place_of(line), ": a requirements file cannot be included by URL"),
                  "download it into the project");
    const auto& includer = open_files_.back();
    const auto slash = includer.find_last_of('/');
    const bool is_in_folder = slash != std::string::npos && !path.starts_with('/');
    const auto file = clean_path(is_in_folder ? cat(includer.substr(0, slash + 1), path) : path);
    if (std::ranges::find(open_files_, file) != open_files_.end())
      throw Error(ErrorKind::usage, cat(place_of(line), ": `", printable(file), "` includes itself"));
    if (++includes_ > limits::lock_file_includes)
      throw Error(ErrorKind::usage, cat(place_of(line), ": more than ", limits::lock_file_includes, " includes"));
    add_file(file, role);
  }

  // Takes version and hashes from the constraints.
  void pin(RequirementEntry& entry) {
    auto& package = entry.package;
    for (const auto& constraint : constraints_) {
      if (constraint.package.name != package.name || !constraint.package.version ||
          !constraint.package.conditions.empty())
        continue;
      if (package.version && *package.version != *constraint.package.version)
        throw Error(ErrorKind::usage, cat(package.where, " and ", constraint.package.where,
                                          " name different versions of `", package.name, "`"));
      if (!entry.specifiers.contains(*constraint.package.version, PreReleases::allow))
        throw Error(ErrorKind::usage, cat(package.where, " does not allow the version of `", package.name, "` in ",
                                          constraint.package.where));
      package.version = constraint.package.version;
      if (package.checksums.empty()) package.checksums = constraint.package.checksums;
    }
  }

  void refuse_unpinned() const {
    std::vector<std::string> lines;
    for (const auto& entry : requirements_)
      if (!entry.package.version) lines.push_back(cat(entry.text, " (", entry.package.where, ")"));
    if (lines.empty()) return;
    throw Error(ErrorKind::usage,
                cat("`", printable(locked_.file), "` does not name the version of ", count_of(lines.size(), "package"),
                    ": ", printable(join(lines, ", "), 8192)),
                "write all versions with `uv pip compile requirements.txt -o requirements.lock.txt`, or with `pip "
                "freeze` in an environment that works");
  }

  // pip's "Hash-checking mode": one hash demands all.
  void refuse_unhashed() const {
    std::vector<std::string> lines;
    for (const auto& entry : requirements_)
      if (!entry.has_hash()) lines.push_back(cat(entry.text, " (", entry.package.where, ")"));
    if (lines.empty() || (lines.size() == requirements_.size() && !are_hashes_required_)) return;
    throw Error(ErrorKind::usage,
                cat("`", printable(locked_.file), "` has hashes, but not for ", count_of(lines.size(), "package"), ": ",
                    printable(join(lines, ", "), 8192)),
                "write them all with `uv pip compile --generate-hashes`, or remove all");
  }

  const TextReader& read_;
  LockedPackages locked_;
  std::vector<RequirementEntry> requirements_, constraints_;
  std::vector<std::string> open_files_;
  std::size_t includes_ = 0;
  std::uint64_t bytes_ = 0;
  bool are_hashes_required_ = false;
};

}  // namespace

LockedPackages read_requirements(const std::string& file, const TextReader& read) {
  return RequirementsReader(read).all_of(file);
}

}  // namespace lapstrake::packages::pip
