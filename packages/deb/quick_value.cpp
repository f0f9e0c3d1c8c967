#include "quick_value.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb {
namespace {

// The end of the value that begins at `at`.
std::size_t end_of_value(std::string_view stanza, std::size_t at) {
  auto end = stanza.find('\n', at);
  while (end != stanza.npos && end + 1 < stanza.size() && (stanza[end + 1] == ' ' || stanza[end + 1] == '\t'))
    end = stanza.find('\n', end + 1);
  return std::min(end, stanza.size());
}

}  // namespace

std::string_view quick_value(std::string_view stanza, std::string_view line_start) {
  const auto name = line_start.substr(1);
  std::size_t at = 0;
  if (!stanza.starts_with(name)) {
    at = stanza.find(line_start);
    if (at == stanza.npos) return {};
    ++at;
  }
  at += name.size();
  return trim(stanza.substr(at, end_of_value(stanza, at) - at));
}

}  // namespace lapstrake::packages::deb
