// Reads requirements files that name one version of each package (pip's "Requirements File Format").
#pragma once
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <string>

namespace lapstrake::packages::pip {

// Reads `file` and its `-r` and `-c` includes, each relative to the file that includes it. Options for the index are
// not obeyed, but noted. An unconditional pin of a constraints file pins a line without a version.
// Error{usage} with file and line: `-e`, version control, folders and archives of source code; an include by URL, of
// itself, or beyond limits::lock_file_includes; a weak hash. Error{usage} that lists all lines without a version, or
// without a hash if any line has one.
LockedPackages read_requirements(const std::string& file, const TextReader& read);

}  // namespace lapstrake::packages::pip
