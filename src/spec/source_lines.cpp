#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/source_lines.hpp>
#include <map>

#include "source_text.hpp"

namespace lapstrake::spec {
namespace {

std::vector<std::string> lines_of(const std::string& file) {
  try {
    return split(read_file(file, 1 << 20), '\n');
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::vector<Finding> with_source_lines(std::vector<Finding> findings) {
  std::map<std::string, std::vector<std::string>> files;
  for (auto& finding : findings) {
    const auto& where = finding.where;
    if (where.line == 0 || !finding.line.empty()) continue;
    if (!files.contains(where.file)) files[where.file] = lines_of(where.file);
    if (const auto& lines = files[where.file]; where.line <= lines.size())
      finding.line = trim(lines[where.line - 1]).empty() ? "" : lines[where.line - 1];
    if (finding.line.size() > longest_shown_line) finding.line.clear();  // a document in one line
    while (finding.line.ends_with('\r')) finding.line.pop_back();
  }
  return findings;
}

}  // namespace lapstrake::spec
