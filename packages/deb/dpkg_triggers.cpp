#include "dpkg_triggers.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <map>

#include "database_name.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view triggers_folder = "var/lib/dpkg/triggers", path_triggers = "File";

// dpkg's trigger names are printable ASCII without blanks; others than paths are names of files.
bool is_trigger_name(std::string_view name) {
  const bool is_printable = std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
  const bool is_file_name = name.find('/') == name.npos && name != "." && name != ".." && name != path_triggers;
  return !name.empty() && is_printable && (name.front() == '/' || is_file_name);
}

// "interest-noawait /usr/share/man" of `man-db` is the line "/usr/share/man man-db/noawait" of the file File.
void add_interest(const Deb& deb, std::string_view line, std::map<std::string, std::string>& lines) {
  const auto words = words_of(line);
  if (words.size() != 2 || !words[0].starts_with("interest") || !is_trigger_name(words[1])) return;
  const auto package = cat(database_name(deb), words[0] == "interest-noawait" ? "/noawait" : "", "\n");
  if (words[1].front() == '/')
    lines[std::string(path_triggers)] += cat(words[1], " ", package);
  else
    lines[std::string(words[1])] += package;
}

}  // namespace

void add_triggers(Root& root, const std::vector<Deb>& packages) {
  std::map<std::string, std::string> lines;  // by file
  for (const auto& deb : packages) {
    const auto text = deb.control("triggers");
    for (const auto line : lines_of(text)) add_interest(deb, line, lines);
  }
  for (const auto& [name, added] : lines) {
    const auto path = cat(triggers_folder, "/", name);
    const auto before = root.text(path);
    if (before || !root.exists(path)) root.put_file(path, cat(before.value_or(""), added), {}, "dpkg database");
  }
}

}  // namespace lapstrake::packages::deb
