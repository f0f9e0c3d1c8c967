// Whether the shared objects of packages would load in an image: libraries and symbol versions that the image lacks. A
// missing library is found before anything is pushed, and not by an ImportError in production.
#pragma once
#include <functional>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/entry.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages {

struct LoadProblem {
  std::string origin;   // the package: Entry::origin
  std::string file;     // the path in the image, of the first of its files that has the problem
  std::string library;  // "libGL.so.1"
  std::string version;  // of a symbol, "GLIBC_2.38", if the image has an older library; else empty
  std::string package;  // of Debian, that has the library; empty if it is not known
  bool operator==(const LoadProblem&) const = default;
};

// `entries`: the files of packages. `below`: the layers below. A library is found in the default folders of the loader,
// or under its name in any folder of `entries`: packages set their own search paths, or load libraries in an order of
// their own. Only names are compared for the layers below, whose contents are not known; the version of libstdc++ comes
// from its file name, and that of glibc from `glibc_minor` (2.N; 0: not compared). Each problem once per package.
// Nothing for an image without layers below. `may_be_loaded` (of a path) excludes files for other platforms; empty:
// none. The same Errors as reading the contents.
std::vector<LoadProblem> load_problems(const std::vector<layers::Entry>& entries, const layers::BaseFiles& below,
                                       unsigned glibc_minor,
                                       const std::function<bool(std::string_view path)>& may_be_loaded = {});

// One sentence for each package: "`opencv_python` may not load: the image lacks libGL.so.1 (Debian packages: libgl1)".
std::vector<std::string> sentences(const std::vector<LoadProblem>& problems);

}  // namespace lapstrake::packages
