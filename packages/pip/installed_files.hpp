// The files of an installation while it is put together: each with the checksum that RECORD and the comparison of
// wheels need.
#pragma once
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/packages/checksum.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::packages::pip {

struct InstalledFile {
  layers::Entry entry;
  std::optional<Checksum> checksum = {};  // missing for links
};

// A file with this content; its checksum is sha256.
InstalledFile file_of(std::string path, std::string content, std::uint32_t mode, std::string origin);

// Sorted by path, each path once. Error{usage} naming both origins when two files of one path differ, or when one path
// is both a file and a folder.
std::vector<layers::Entry> merged(std::vector<InstalledFile> files);

// The path of a file relative to a folder, both of the image: "../../../bin/x".
std::string path_from(std::string_view folder, std::string_view path);

}  // namespace lapstrake::packages::pip
