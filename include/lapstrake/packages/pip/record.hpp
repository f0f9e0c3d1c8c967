// RECORD: the list of the files of a wheel or of an installed package, as CSV (packaging.python.org, "Recording
// installed projects").
#pragma once
#include <cstdint>
#include <lapstrake/packages/checksum.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

struct RecordLine {
  std::string path;                  // in a wheel: of the archive; installed: relative to site-packages
  std::optional<Checksum> checksum;  // missing for RECORD
  std::optional<std::uint64_t> size;
  bool operator==(const RecordLine&) const = default;
};
// `what` names the wheel in the Error. Error{integrity}: invalid CSV, not three columns, a checksum or size that cannot
// be read, an algorithm weaker than sha256, two different lines for a path. Sorted by path, each path once.
std::vector<RecordLine> parse_record(std::string_view text, std::string_view what);

// The text of an installed RECORD, sorted by path.
std::string render_record(std::vector<RecordLine> lines);

}  // namespace lapstrake::packages::pip
