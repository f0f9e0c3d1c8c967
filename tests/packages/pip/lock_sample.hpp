// Reads lock files from texts in tests.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/pip/package_selection.hpp>
#include <map>
#include <string>
#include <vector>

namespace lapstrake::packages::pip {

// A reader of these files. Error{input} for others.
inline TextReader reader_of(std::map<std::string, std::string> files) {
  return [files = std::move(files)](const std::string& path) {
    const auto found = files.find(path);
    if (found == files.end()) throw Error(ErrorKind::input, "missing: " + path);
    return found->second;
  };
}

// CPython 3.11.4 on x86_64.
inline PackageSelection for_python_311(std::set<std::string> extras = {}, std::set<std::string> groups = {}) {
  return {
      .environment = {.python_version = "3.11", .python_full_version = "3.11.4", .implementation_version = "3.11.4"},
      .extras = std::move(extras),
      .groups = std::move(groups)};
}

// "flask 3.1.0", sorted by name.
inline std::vector<std::string> names_and_versions(const SelectedPackages& selected) {
  std::vector<std::string> names;
  for (const auto& package : selected.packages)
    names.push_back(package.version ? package.name + " " + package.version->text() : package.name);
  return names;
}

// The Error that `act` throws, as printed text; empty if it throws none.
template <class Act>
std::string printed_error(Act&& act) {
  try {
    act();
  } catch (const Error& error) {
    return report(error);
  }
  return {};
}

}  // namespace lapstrake::packages::pip
