// Lays unpacked wheels out in an image as `pip install` does, without running anything (packaging.python.org, "Binary
// distribution format" and "Recording installed projects").
#pragma once
#include <cstdint>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/packages/pip/python_in.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

// Where files go. Paths are relative to the root of the image.
struct Scheme {
  std::string prefix;         // "opt/venv"
  std::string site_packages;  // "opt/venv/lib/python3.11/site-packages"
  std::string bin;            // "opt/venv/bin"
  std::string include;        // "opt/venv/include/site/python3.11"; headers go to a folder of the project's name in it
  std::string interpreter;    // for `#!` lines: "/opt/venv/bin/python3"
  std::uint32_t uid = 0, gid = 0;
  // For a virtual environment: also write pyvenv.cfg and the links to this Python.
  bool is_venv = false;
  FoundPython python = {};
};
// A virtual environment in the folder `into` of the image, "/opt/venv", as `python3.X -m venv` makes it. Error{usage}
// when scripts cannot have the path in their first line: it has white space or more than 127 bytes.
Scheme venv_scheme(std::string_view into, const FoundPython& python);
// The folders of the Python itself: "/usr/local/lib/python3.11/site-packages" of "/usr/local/bin/python3.11".
// Error{usage} for /usr/bin: the packages of the distribution own that Python (PEP 668).
Scheme system_scheme(const FoundPython& python);

// The files of all wheels, which unpack_wheel() has verified, sorted by path; without folders. `origin` is the
// wheel. Each wheel gets an INSTALLER and a new RECORD; commands of entry_points.txt become scripts, scripts that begin
// with `#!python` get the interpreter's path.
//
// Error{usage} naming both wheels and the path when two wheels have different files at one path, or a file and a
// folder: pip overwrites one silently.
std::vector<layers::Entry> install(const std::vector<UnpackedArchive>& wheels, const Scheme& scheme);

}  // namespace lapstrake::packages::pip
