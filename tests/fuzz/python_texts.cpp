// Texts of Python's ecosystem, from lock files, indexes and wheels: versions, specifiers, markers, requirements, names
// of wheels. A value that was read is written as a text that is read as the same value.
#include <lapstrake/packages/pip/closure.hpp>
#include <lapstrake/packages/pip/marker.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/requirement.hpp>
#include <lapstrake/packages/pip/tags.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

const Target target{.python = {.major = 3, .minor = 11}};  // a patch level would hide results that are not known

void hold_version(const Version& version) {
  hold(Version::from_text(version.text()) == version, "a version's text is read as the same version");
  hold(!(version < version) && version == version, "a version is equal to itself");
  const auto other = Version::parse("1.0");
  hold((version < other) == (other > version) && (version == other) == (other == version), "the order has no sides");
}

void hold_set(const SpecifierSet& set) {
  hold(SpecifierSet::from_text(set.text()) == set, "a set's text is read as the same set");
  for (const auto& specifier : set.specifiers()) {
    const bool is_contained = specifier.contains(specifier.version);
    if (specifier.op == VersionOperator::equal || specifier.op == VersionOperator::at_least)
      hold(is_contained, "a version that is named by == or >= is contained");
    if (specifier.op == VersionOperator::less || specifier.op == VersionOperator::greater)
      hold(!is_contained, "a version that is named by < or > is not contained");
  }
}

void hold_marker(const Marker& marker) {
  const auto found = attempt(ErrorKind::usage, [&] { return marker.holds(marker_environment(target)); });
  const auto negated = attempt(ErrorKind::usage, [&] {
    return Marker::parse(cat("(", marker.text(), ") and os_name == 'nt'")).holds(marker_environment(target));
  });
  hold(!found || negated == false, "a marker and a false one are false");
}

void hold_requirement(const Requirement& requirement) {
  hold(is_valid_name(requirement.name), "a requirement has a valid name");
  hold(requirement.url.empty() || requirement.specifiers.empty(), "a requirement has a URL or versions");
  const auto again = attempt(ErrorKind::usage, [&] { return Requirement::parse(requirement.text()); });
  hold(again == requirement, "a requirement's text is read as the same requirement");
}

void hold_wheel(const WheelName& wheel) {
  hold(is_valid_name(wheel.name) && Version::from_text(wheel.version), "a wheel has a name and a version");
  hold(!wheel.tags().empty() && wheel.tags().size() <= 1000, "a wheel has some tags");
  hold(WheelRanks(target).rank(wheel).has_value() == why_not(wheel, target).empty(),
       "each wheel that does not fit says why");
  for (const auto& reason : why_not(wheel, target)) hold(is_for_terminals(reason), "a reason can be printed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  if (const auto version = attempt(ErrorKind::usage, [&] { return Version::parse(input); })) hold_version(*version);
  if (const auto set = attempt(ErrorKind::usage, [&] { return SpecifierSet::parse(input); })) hold_set(*set);
  if (const auto marker = attempt(ErrorKind::usage, [&] { return Marker::parse(input); })) hold_marker(*marker);
  const auto requirement = attempt(ErrorKind::usage, [&] { return Requirement::parse(input); });
  if (requirement) hold_requirement(*requirement);
  const auto repaired = attempt(ErrorKind::integrity, [&] { return metadata_requirement(input, "a 1"); });
  hold(!requirement || repaired == requirement, "a valid requirement is not repaired");
  if (const auto wheel = attempt(ErrorKind::usage, [&] { return WheelName::parse(input); })) hold_wheel(*wheel);
  hold(normalized_name(normalized_name(input)) == normalized_name(input), "a normalised name is normalised");
  return 0;
}
