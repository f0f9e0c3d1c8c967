// The Python that a base image has, from its list of files and its package databases. Nothing is run.
#pragma once
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/packages/pip/target.hpp>
#include <optional>
#include <string>
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

// Variables in the environment of the base image.
struct BaseEnvironment {
  std::string path = "/usr/local/bin:/usr/bin:/bin";  // PATH; the folders of AWS Lambda and Bitnami are only there
  std::string python_version = {};                    // PYTHON_VERSION of the official images: "3.11.9"; may be empty
};

// All interpreters `python3.N` in the folders of PATH, in their order, and the newest of a folder first. Only those
// with a standard library: not the links of a virtual environment. Error{integrity} from BaseFiles::text_of().
std::vector<FoundPython> pythons_in(const layers::BaseFiles& base, const BaseEnvironment& environment = {});

// The one that `python3` would be, or the first that is `wanted` (a patch level is taken from there). Error{usage} if
// there is none, and if its folder has several and nothing is wanted.
FoundPython python_in(const layers::BaseFiles& base, const std::optional<PythonVersion>& wanted = std::nullopt,
                      const BaseEnvironment& environment = {});

// From dpkg's database (package libc6) or apk's (musl; glibc of Wolfi), or the name of an old library (libc-2.17.so).
// Nothing if the image does not say it. Error{integrity} from BaseFiles::text_of().
std::optional<Libc> libc_in(const layers::BaseFiles& base);

// python_in(), libc_in() and the machine of the platform. Error{usage} without a libc; the help names `libc:`.
Target target_in(const layers::BaseFiles& base, std::string machine,
                 const std::optional<PythonVersion>& wanted = std::nullopt, const BaseEnvironment& environment = {});

}  // namespace lapstrake::packages::pip
