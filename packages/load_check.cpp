#include <algorithm>
#include <array>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/elf.hpp>
#include <lapstrake/packages/load_check.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <map>
#include <set>

namespace lapstrake::packages {
namespace {

// Debian 12. The libraries that wheels and prebuilt Node modules need, but neither bring nor find in slim images.
constexpr std::array<std::pair<std::string_view, std::string_view>, 38> debian_packages{{
    {"libGL.so.1", "libgl1"},
    {"libglib-2.0.so.0", "libglib2.0-0"},
    {"libgthread-2.0.so.0", "libglib2.0-0"},
    {"libgobject-2.0.so.0", "libglib2.0-0"},
    {"libgomp.so.1", "libgomp1"},
    {"libstdc++.so.6", "libstdc++6"},
    {"libgcc_s.so.1", "libgcc-s1"},
    {"libatomic.so.1", "libatomic1"},
    {"libgfortran.so.5", "libgfortran5"},
    {"libquadmath.so.0", "libquadmath0"},
    {"libpq.so.5", "libpq5"},
    {"libmariadb.so.3", "libmariadb3"},
    {"libodbc.so.2", "libodbc2"},
    {"libxml2.so.2", "libxml2"},
    {"libxslt.so.1", "libxslt1.1"},
    {"libexslt.so.0", "libxslt1.1"},
    {"libz.so.1", "zlib1g"},
    {"libbz2.so.1.0", "libbz2-1.0"},
    {"liblzma.so.5", "liblzma5"},
    {"libzstd.so.1", "libzstd1"},
    {"libffi.so.8", "libffi8"},
    {"libssl.so.3", "libssl3"},
    {"libcrypto.so.3", "libssl3"},
    {"libcurl.so.4", "libcurl4"},
    {"libexpat.so.1", "libexpat1"},
    {"libuuid.so.1", "libuuid1"},
    {"libsqlite3.so.0", "libsqlite3-0"},
    {"libjpeg.so.62", "libjpeg62-turbo"},
    {"libpng16.so.16", "libpng16-16"},
    {"libfreetype.so.6", "libfreetype6"},
    {"libfontconfig.so.1", "libfontconfig1"},
    {"libX11.so.6", "libx11-6"},
    {"libXext.so.6", "libxext6"},
    {"libXrender.so.1", "libxrender1"},
    {"libSM.so.6", "libsm6"},
    {"libICE.so.6", "libice6"},
    {"libxcb.so.1", "libxcb1"},
    {"libnss3.so", "libnss3"},
}};

constexpr std::array<std::string_view, 12> library_folders{"lib",
                                                           "usr/lib",
                                                           "usr/local/lib",
                                                           "lib64",
                                                           "usr/lib64",
                                                           "lib/x86_64-linux-gnu",
                                                           "lib/aarch64-linux-gnu",
                                                           "usr/lib/x86_64-linux-gnu",
                                                           "usr/lib/aarch64-linux-gnu",
                                                           "usr/local/lib64",
                                                           "usr/local/lib/x86_64-linux-gnu",
                                                           "usr/local/lib/aarch64-linux-gnu"};

bool may_be_shared_object(std::string_view path) {
  const auto name = lapstrake::name_of(path);
  return name.ends_with(".so") || name.find(".so.") != std::string_view::npos || name.ends_with(".node");
}

// "GLIBC_2.34" with the prefix "GLIBC_2." -> 34
std::optional<std::int64_t> number_after(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? parse_integer(text.substr(prefix.size())) : std::nullopt;
}

class Loader {
 public:
  Loader(const std::vector<layers::Entry>& entries, const layers::BaseFiles& below, unsigned glibc_minor)
      : entries_(entries), below_(below), glibc_minor_(glibc_minor), glibcxx_minor_(newest_glibcxx()) {
    for (const auto& entry : entries)
      if (may_be_shared_object(entry.path)) own_.emplace(lapstrake::name_of(entry.path));
  }

  std::vector<LoadProblem> run(const std::function<bool(std::string_view)>& may_be_loaded) {
    for (const auto& entry : entries_)
      if (entry.kind == layers::Kind::file && may_be_shared_object(entry.path) &&
          (!may_be_loaded || may_be_loaded(entry.path)))
        check(entry);
    return std::move(problems_);
  }

 private:
  void check(const layers::Entry& entry) {
    const auto needs = elf_needs(content_access(entry));
    if (!needs) return;
    for (const auto& library : needs->libraries)
      if (!own_.contains(library) && !find(library)) add(entry, library, {});
    for (const auto& one : needs->versions)
      if (is_too_new(one)) add(entry, one.library, one.version);
  }

  std::optional<std::string> find(std::string_view library) const {
    for (const auto folder : library_folders) {
      auto path = cat(below_.follow(folder), "/", library);
      if (below_.find(path) != nullptr) return path;
    }
    return std::nullopt;
  }

  // libstdc++.so.6 is a link to libstdc++.so.6.0.30, which has GLIBCXX_3.4.30.
  std::int64_t newest_glibcxx() const {
    const auto path = find("libstdc++.so.6");
    if (!path) return 0;
    return number_after(lapstrake::name_of(below_.follow(*path)), "libstdc++.so.6.0.").value_or(0);
  }

  bool is_too_new(const SymbolVersion& one) const {
    if (own_.contains(one.library)) return false;
    const auto glibc = number_after(one.version, "GLIBC_2."), glibcxx = number_after(one.version, "GLIBCXX_3.4.");
    return (glibc && glibc_minor_ > 0 && *glibc > glibc_minor_) ||
           (glibcxx && glibcxx_minor_ > 0 && *glibcxx > glibcxx_minor_);
  }

  void add(const layers::Entry& entry, const std::string& library, const std::string& version) {
    if (!seen_.insert(cat(*entry.origin, "\n", library, "\n", version)).second) return;
    LoadProblem problem{
        .origin = *entry.origin, .file = entry.path, .library = library, .version = version, .package = {}};
    for (const auto& [name, package] : debian_packages)
      if (name == library) problem.package = package;
    problems_.push_back(std::move(problem));
  }

  const std::vector<layers::Entry>& entries_;
  const layers::BaseFiles& below_;
  std::int64_t glibc_minor_, glibcxx_minor_;
  std::set<std::string, std::less<>> own_;
  std::set<std::string> seen_;
  std::vector<LoadProblem> problems_;
};

}  // namespace

std::vector<LoadProblem> load_problems(const std::vector<layers::Entry>& entries, const layers::BaseFiles& below,
                                       unsigned glibc_minor,
                                       const std::function<bool(std::string_view path)>& may_be_loaded) {
  if (below.empty()) return {};
  return Loader(entries, below, glibc_minor).run(may_be_loaded);
}

namespace {

std::string listed(const std::set<std::string>& words) {
  return printable(join({words.begin(), words.end()}, ", "), 2000);
}

std::string sentence(const std::string& origin, const std::vector<const LoadProblem*>& problems) {
  std::set<std::string> missing, packages, versions;
  for (const auto* problem : problems) {
    if (!problem->version.empty()) {
      versions.insert(cat(problem->version, " of ", problem->library));
      continue;
    }
    missing.insert(problem->library);
    if (!problem->package.empty()) packages.insert(problem->package);
  }
  std::string out = cat(origin, " may not load: ");
  if (!missing.empty()) out += cat("the image lacks ", listed(missing));
  if (!packages.empty()) out += cat(" (Debian packages: ", listed(packages), ")");
  if (!versions.empty())
    out += cat(missing.empty() ? "" : "; ", "it needs ", listed(versions), ", and the image has an older version");
  return out;
}

}  // namespace

std::vector<std::string> sentences(const std::vector<LoadProblem>& problems) {
  std::map<std::string, std::vector<const LoadProblem*>> by_origin;
  for (const auto& problem : problems) by_origin[problem.origin].push_back(&problem);
  std::vector<std::string> out;
  for (const auto& [origin, all] : by_origin) out.push_back(sentence(origin, all));
  return out;
}

}  // namespace lapstrake::packages
