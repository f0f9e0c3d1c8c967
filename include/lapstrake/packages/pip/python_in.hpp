// The Python that a base image has, from its list of files and its package databases. Nothing is run.
#pragma once
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/packages/pip/target.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

struct FoundPython {
  PythonVersion version = {};  // with the patch level if the image says it
  bool is_free_threaded = false;
  std::string prefix = {};         // "/usr/local" of the official images, "/usr" of a distribution's Python
  std::string interpreter = {};    // "/usr/local/bin/python3.11"
  std::string site_packages = {};  // where pip would install: "/usr/local/lib/python3.11/site-packages"
  bool operator==(const FoundPython&) const = default;
};

// All that are in usr/local/bin and usr/bin with their standard library, in this order, which is that of PATH; then the
// newest first. `python_version`: the value of PYTHON_VERSION in the environment of the base, which official images
// set ("3.11.9"); may be empty. Error{integrity} from BaseFiles::text_of().
std::vector<FoundPython> pythons_in(const layers::BaseFiles& base, std::string_view python_version = {});

// The one that `python3` would be, or the first that is `wanted` (a patch level is ignored). Error{usage} if there is
// none, and if the first folder has several and nothing is wanted.
FoundPython python_in(const layers::BaseFiles& base, const std::optional<PythonVersion>& wanted = std::nullopt,
                      std::string_view python_version = {});

// glibc from dpkg's database (package libc6) or apk's (glibc, Wolfi), or the name of an old library (libc-2.17.so);
// musl from apk's database. Nothing if the image does not say it.
// Error{integrity} from BaseFiles::text_of().
std::optional<Libc> libc_in(const layers::BaseFiles& base);

// python_in(), libc_in() and the machine of the platform. Error{usage} without a libc; the help names `libc:`.
Target target_in(const layers::BaseFiles& base, std::string machine,
                 const std::optional<PythonVersion>& wanted = std::nullopt, std::string_view python_version = {});

}  // namespace lapstrake::packages::pip
