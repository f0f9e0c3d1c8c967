// The text files of a wheel: RECORD reads as it is written, commands stay in their folder, names are not empty. The
// first byte chooses the file.
#include <lapstrake/packages/pip/entry_points.hpp>
#include <lapstrake/packages/pip/metadata.hpp>
#include <lapstrake/packages/pip/record.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::pip;

namespace {

void check_record(std::string_view text) {
  const auto lines = attempt(ErrorKind::integrity, [&] { return parse_record(text, "the wheel"); });
  if (!lines) return;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    hold(!(*lines)[i].path.empty() && (i == 0 || (*lines)[i - 1].path < (*lines)[i].path), "each path is listed once");
    hold(!(*lines)[i].checksum || (*lines)[i].checksum->algorithm >= HashAlgorithm::sha256, "checksums are strong");
  }
  hold(parse_record(render_record(*lines), "the wheel") == *lines, "RECORD reads as it is written");
}

void check_entry_points(std::string_view text) {
  const auto found = attempt(ErrorKind::integrity, [&] { return parse_entry_points(text, "the wheel"); });
  if (!found) return;
  for (const auto& entry_point : *found) {
    const auto& name = entry_point.name;
    hold(flaw_of_script_name(name).empty() && name.find('/') == name.npos, "a command stays in its folder");
    const auto script = script_text(entry_point, "/v/bin/python3");
    hold(std::ranges::count(script, '\n') == 6 && is_for_terminals(script), "a script has six lines of text");
  }
}

void check_metadata(std::string_view text) {
  const auto found = attempt(ErrorKind::integrity, [&] { return parse_metadata(text, "the wheel"); });
  if (found) hold(!found->name.empty() && !found->version.empty(), "METADATA has a name and a version");
}

void check_wheel_info(std::string_view text) {
  const auto found = attempt(ErrorKind::integrity, [&] { return parse_wheel_info(text, "the wheel"); });
  if (found) hold(text.find('1') != text.npos, "WHEEL has the format version 1");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = text_of(data, size).substr(1);
  switch (data[0] % 4) {
    case 0: check_record(text); break;
    case 1: check_entry_points(text); break;
    case 2: check_metadata(text); break;
    default: check_wheel_info(text);
  }
  return 0;
}
