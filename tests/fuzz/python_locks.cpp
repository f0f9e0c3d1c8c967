// Python lock files and pages of a package index. The first line is the name of the file, which decides its format:
// requirements.txt, pylock.toml, uv.lock, poetry.lock, page.json, page.html.
#include <algorithm>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/packages/pip/index.hpp>
#include <lapstrake/packages/pip/lock_file.hpp>
#include <lapstrake/packages/pip/package_selection.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

const Target target{.python = {.major = 3, .minor = 11}, .machine = "x86_64"};

bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos;
}

void hold_selected(const SelectedPackages& selected) {
  const auto& packages = selected.packages;
  for (std::size_t i = 0; i < packages.size(); ++i) {
    hold(i == 0 || packages[i - 1].name < packages[i].name, "packages are sorted, and each is there once");
    hold(packages[i].source.kind == PackageSource::Kind::index || packages[i].source.kind == PackageSource::Kind::wheel,
         "a package that is selected is not source code");
    hold(is_for_terminals(packages[i].where), "the place of a package can be printed");
    for (const auto& wheel : packages[i].files) {
      hold(is_file_name(wheel.name), "a wheel's name has no folders");
      for (const auto& checksum : wheel.checksums) hold(!checksum.bytes.empty(), "a checksum has its bytes");
    }
  }
  for (const auto& note : selected.notes) hold(is_for_terminals(note), "a note can be printed");
}

void hold_lock(const std::string& name, const std::string& body) {
  const auto half = body.find("\n%\n");
  const TextReader read = [&](const std::string& path) {
    return path == name || half == std::string::npos ? body : body.substr(half + 3);
  };
  const auto locked = attempt(ErrorKind::usage, [&] { return read_lock_file(name, read); });
  if (!locked) return;
  hold(!locked->inputs.empty() && locked->inputs.front().text == body, "the file is an input");
  hold(locked->packages.size() <= limits::locked_packages, "the number of packages has a limit");
  for (const auto& note : locked->notes) hold(is_for_terminals(note), "a note can be printed");
  PackageSelection selection{.environment = marker_environment(target)};
  for (const bool with_all : {false, true}) {
    if (with_all) {
      selection.extras.insert(locked->extras.begin(), locked->extras.end());
      selection.groups.insert(locked->groups.begin(), locked->groups.end());
      selection.folders = PackageSelection::Folders::skip;
    }
    if (const auto selected = attempt(ErrorKind::usage, [&] { return packages_for(*locked, selection); }))
      hold_selected(*selected);
  }
}

void hold_page(std::string_view type, std::string_view body) {
  const auto page = attempt(ErrorKind::integrity, [&] { return parse_project_page(type, body, "the page"); });
  if (!page) return;
  for (const auto& file : page->files) {
    hold(is_file_name(file.name) && !file.url.empty(), "a file has a name and a URL");
    hold(file.url.find('#') == std::string::npos, "a URL has no fragment");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  const auto end = input.find('\n');
  if (end == std::string_view::npos) return 0;
  const auto name = input.substr(0, end), body = input.substr(end + 1);
  if (name == "page.json") hold_page("application/vnd.pypi.simple.v1+json", body);
  if (name == "page.html") hold_page("text/html", body);
  if (lock_format_of(name) && is_file_name(name)) hold_lock(std::string(name), std::string(body));
  return 0;
}
