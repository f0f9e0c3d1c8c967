// Verifies a wheel and unpacks it for the store (packaging.python.org, "Binary distribution format"). Everything that
// can be wrong with a wheel is checked here once; install.hpp relies on it.
#pragma once
#include <lapstrake/packages/random_access.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <string>
#include <string_view>

namespace lapstrake::packages::pip {

struct WheelExpectation {
  std::string name, version;  // of the project, in any spelling (PEP 503, PEP 440)
};

// "the wheel `x.whl`": for UnpackedArchive and for messages.
std::string description_of_wheel(std::string_view file_name);

// Writes every file of the wheel to `out`, with mode 0755 or 0644; the caller calls out.finish(). Folders,
// `__pycache__`, RECORD.jws and RECORD.p7s are skipped.
//
// Error{integrity} naming the wheel: not a strict zip file (zip.hpp); not of the expected name and version, by its file
// name, its .dist-info folder and METADATA; none or several .dist-info folders; a .data folder of another name or with
// an unknown subfolder; no METADATA, WHEEL or RECORD, or an invalid one; invalid entry points; a file that RECORD does
// not list or whose checksum or size differs; a file that RECORD lists and the wheel lacks.
void unpack_wheel(const RandomAccess& file, std::string_view file_name, const WheelExpectation& expected,
                  UnpackedArchiveWriter& out);

}  // namespace lapstrake::packages::pip
