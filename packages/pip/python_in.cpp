#include <algorithm>
#include <functional>
#include <iterator>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/python_in.hpp>
#include <set>
#include <utility>

#include "characters.hpp"
#include "installed_packages.hpp"

namespace lapstrake::packages::pip {
namespace {

bool is_file(const layers::BaseFiles& base, std::string_view path) {
  const auto* node = base.find(base.follow(path));
  return node != nullptr && node->kind == layers::Kind::file;
}

bool is_folder(const layers::BaseFiles& base, std::string_view path) {
  const auto* node = base.find(base.follow(path));
  return node != nullptr && node->is_folder();
}

// "python3.11", "python3.13t". Nothing for "python3" and "python3.11-config".
std::optional<FoundPython> python_named(std::string_view name) {
  constexpr std::string_view start = "python";
  if (!name.starts_with(start)) return std::nullopt;
  auto text = name.substr(start.size());
  FoundPython out{.is_free_threaded = text.ends_with('t')};
  if (out.is_free_threaded) text.remove_suffix(1);
  const auto version = PythonVersion::from_text(text);
  if (!version || version->patch) return std::nullopt;
  out.version = *version;
  return out;
}

std::optional<std::uint32_t> patch_in(std::string_view text, const PythonVersion& version) {
  const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto found = PythonVersion::from_text(text.substr(0, end));
  return found && found->short_text() == version.short_text() ? found->patch : std::nullopt;
}

// The distribution's package of its Python in /usr.
std::optional<std::uint32_t> patch_of_package(const InstalledPackages& packages, const PythonVersion& version) {
  const auto name = cat("python", version.short_text());
  for (const auto& package : {cat(name, "-minimal"), cat("lib", name, "-minimal"), name})
    if (const auto found = packages.dpkg.find(package); found != packages.dpkg.end())
      return patch_in(found->second, version);
  for (const auto& package : {std::string("python3"), cat("python-", version.short_text()), name})
    if (const auto found = packages.apk.find(package); found != packages.apk.end())
      if (const auto patch = patch_in(found->second, version)) return patch;
  return std::nullopt;
}

class PythonSearch {
 public:
  PythonSearch(const layers::BaseFiles& base, const BaseEnvironment& environment)
      : base_(base), environment_(environment), packages_(installed_packages(base)) {}

  std::vector<FoundPython> all() const {
    std::vector<FoundPython> out;
    std::set<std::string> seen;  // /bin may be a link to /usr/bin
    for (const auto& entry : split(environment_.path, ':')) {
      const auto prefix = prefix_of(entry);
      if (!prefix || !seen.insert(base_.follow(cat(*prefix, "/bin"))).second) continue;
      auto found = in(*prefix);
      std::ranges::sort(found, std::ranges::greater(), [](const FoundPython& python) {
        return std::pair(python.version.minor, !python.is_free_threaded);
      });
      std::ranges::move(found, std::back_inserter(out));
    }
    return out;
  }

 private:
  // "usr/local" of "/usr/local/bin". Nothing for folders with another name, and for /bin: no Python has `/` as prefix.
  static std::optional<std::string> prefix_of(std::string_view entry) {
    constexpr std::string_view name = "/bin";
    while (entry.ends_with('/')) entry.remove_suffix(1);
    if (!entry.starts_with('/') || !entry.ends_with(name) || entry.size() > limits::path_bytes) return std::nullopt;
    const auto prefix = clean_path(entry.substr(1, std::max(entry.size(), name.size() + 1) - name.size() - 1));
    return prefix == "." || prefix.starts_with("..") ? std::nullopt : std::optional(prefix);
  }

  std::vector<FoundPython> in(const std::string& prefix) const {
    std::vector<FoundPython> out;
    const auto folder = base_.follow(cat(prefix, "/bin"));
    for (const auto& name : base_.names_in(folder))
      if (auto python = python_named(name); python && is_file(base_, cat(folder, "/", name)))
        if (complete(*python, prefix, name)) out.push_back(*std::move(python));
    return out;
  }

  // Without its standard library it is the link of a virtual environment, a leftover, or the second name of a
  // free-threaded Python. `encodings` is the part without which no Python starts.
  bool complete(FoundPython& python, const std::string& prefix, const std::string& name) const {
    const auto library = cat(prefix, "/lib/", name);
    if (!is_folder(base_, cat(library, "/encodings")) && !is_folder(base_, cat(prefix, "/lib64/", name, "/encodings")))
      return false;
    const bool is_distribution = prefix == "usr";
    python.prefix = cat("/", prefix);
    python.interpreter = cat("/", prefix, "/bin/", name);
    // Debian's site.py: pip installs below /usr/local, and its folder has another name.
    python.site_packages = is_distribution && !packages_.dpkg.empty() ? cat("/usr/local/lib/", name, "/dist-packages")
                                                                      : cat("/", library, "/site-packages");
    python.version.patch = is_distribution ? patch_of_package(packages_, python.version)
                                           : patch_in(environment_.python_version, python.version);
    return true;
  }

  const layers::BaseFiles& base_;
  const BaseEnvironment& environment_;
  InstalledPackages packages_;
};

bool is_version(const FoundPython& python, const PythonVersion& wanted) {
  return python.version.major == wanted.major && python.version.minor == wanted.minor;
}

std::string interpreters(const std::vector<FoundPython>& pythons) {
  std::vector<std::string> out;
  for (const auto& python : pythons) out.push_back(cat("`", python.interpreter, "`"));
  return join(out, ", ");
}

FoundPython wanted_python(const std::vector<FoundPython>& all, const PythonVersion& wanted) {
  const auto found = std::ranges::find_if(all, [&](const FoundPython& python) { return is_version(python, wanted); });
  if (found == all.end())
    throw Error(ErrorKind::usage, cat("the base image has no Python ", wanted.short_text()),
                cat("choose a base image with it, or set `python: \"", all.front().version.short_text(), "\"`"))
        .because(cat("it has ", interpreters(all)));
  auto out = *found;
  if (wanted.patch) out.version.patch = wanted.patch;
  return out;
}

}  // namespace

std::vector<FoundPython> pythons_in(const layers::BaseFiles& base, const BaseEnvironment& environment) {
  return PythonSearch(base, environment).all();
}

FoundPython python_in(const layers::BaseFiles& base, const std::optional<PythonVersion>& wanted,
                      const BaseEnvironment& environment) {
  const auto all = pythons_in(base, environment);
  if (all.empty())
    throw Error(ErrorKind::usage, "the base image has no Python",
                "choose a base image with Python, or set its version if another layer brings it: `python: \"3.11\"`")
        .because(cat("no folder of its PATH has a `python3.N` with its standard library: `",
                     printable(environment.path, 200), "`"));
  if (wanted) return wanted_python(all, *wanted);
  if (all.size() > 1 && all[1].prefix == all[0].prefix)
    throw Error(ErrorKind::usage, "the base image has more than one Python",
                cat("choose one: `python: \"", all.front().version.short_text(), "\"`"))
        .because(cat("it has ", interpreters(all)));
  return all.front();
}

Target target_in(const layers::BaseFiles& base, std::string machine, const std::optional<PythonVersion>& wanted,
                 const BaseEnvironment& environment) {
  const auto python = python_in(base, wanted, environment);
  const auto libc = libc_in(base);
  if (!libc)
    throw Error(ErrorKind::usage, "the version of the C library of the base image is not known",
                "set it: `libc: glibc-2.36` or `libc: musl-1.2`")
        .because("the package databases of dpkg and apk do not list one");
  return {.python = python.version,
          .is_free_threaded = python.is_free_threaded,
          .libc = *libc,
          .machine = std::move(machine)};
}

}  // namespace lapstrake::packages::pip
