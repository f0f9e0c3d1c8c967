// Control data and indexes of packages: a paragraph reads as it was read before, and an index returns only packages
// that are in its text, at safe paths. The first byte chooses the reader.
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/package_index.hpp>
#include <lapstrake/packages/deb/version.hpp>
#include <memory>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

bool is_within(std::string_view part, std::string_view text) {
  return part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size();
}

void check_stanza(const Stanza& stanza, std::string_view text) {
  hold(!stanza.fields().empty() && is_within(stanza.text(), text), "a paragraph is a part of the text");
  for (const auto& field : stanza.fields()) {
    hold(!field.name.empty() && is_within(field.value, stanza.text()), "a field is a part of its paragraph");
    hold(stanza.value(field.name) == field.value, "a field is found by its name");
    hold(trim(field.value) == field.value, "a value has no blanks around it");
    for (const auto line : lines_of(field.value)) hold(!line.empty(), "a line is not empty");
    for (const auto word : words_of(field.value)) hold(word.find(' ') == word.npos, "a word has no blanks");
  }
}

void check_control(std::string_view text) {
  std::size_t count = 0;
  const auto read = attempt(ErrorKind::integrity, [&] {
    for_each_stanza(text, "the text", [&](const Stanza& stanza) {
      ++count;
      check_stanza(stanza, text);
      const auto again = single_stanza(stanza.text(), "the paragraph");
      hold(again.fields().size() == stanza.fields().size(), "a paragraph reads as it was read before");
    });
    return true;
  });
  if (read && count != 1) attempt(ErrorKind::integrity, [&] { return single_stanza(text, "the text").text(); });
}

void check_package(const PackageIndex& index, const IndexedPackage& package) {
  hold(is_package_name(package.name) && !package.version.empty(), "a package has a name and a version");
  hold(!package.path.starts_with('/') && package.path != ".." && !package.path.starts_with("../") &&
           package.path.find("/../") == std::string::npos && !package.path.ends_with("/.."),
       "a path stays in its archive");
  hold(!index.stanza_of(package.name, package.version, package.architecture).empty(), "a package has a paragraph");
}

void check_index(std::string_view text) {
  const auto index = attempt(ErrorKind::integrity,
                             [&] { return std::make_shared<PackageIndex>("s", std::string(text), "the index"); });
  if (!index) return;
  const auto names = (*index)->names();
  hold(std::ranges::is_sorted(names), "names are sorted");
  (*index)->for_each([&](std::string_view, std::string_view stanza) {
    hold(is_within(stanza, (*index)->text()), "a paragraph is a part of the text");
  });
  for (const auto name : names) {
    const auto packages = attempt(ErrorKind::integrity, [&] { return (*index)->versions_of(name); });
    if (!packages) continue;
    hold(!packages->empty(), "a name has a version");
    for (const auto& package : *packages) check_package(**index, package);
  }
  attempt(ErrorKind::integrity, [&] { return (*index)->essential(); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = text_of(data, size).substr(1);
  if (data[0] % 2 == 0)
    check_control(text);
  else
    check_index(text);
  return 0;
}
