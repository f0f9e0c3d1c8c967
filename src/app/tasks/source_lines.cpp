#include <lapstrake/app/tasks/source_lines.hpp>

#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <map>

namespace lapstrake::app {
namespace {

constexpr std::size_t longest_shown_line = 240;  // bytes

std::vector<std::string> lines_of(const std::string& file) {
  try {
    return split(read_file(file, 1 << 20), '\n');
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::vector<spec::Diagnostic> with_source_lines(std::vector<spec::Diagnostic> diagnostics) {
  std::map<std::string, std::vector<std::string>> files;
  for (auto& diagnostic : diagnostics) {
    const auto& where = diagnostic.where;
    if (where.line == 0 || !diagnostic.line.empty()) continue;
    if (!files.contains(where.file)) files[where.file] = lines_of(where.file);
    if (const auto& lines = files[where.file]; where.line <= lines.size())
      diagnostic.line = trim(lines[where.line - 1]).empty() ? "" : lines[where.line - 1];
    if (diagnostic.line.size() > longest_shown_line) diagnostic.line.clear();  // a document in one line
    while (diagnostic.line.ends_with('\r')) diagnostic.line.pop_back();
  }
  return diagnostics;
}

}  // namespace lapstrake::app
