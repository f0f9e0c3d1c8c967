#include <algorithm>
#include <cstdint>
#include <lapstrake/packages/pip/requires_python.hpp>
#include <lapstrake/packages/pip/specifier.hpp>
#include <vector>

namespace lapstrake::packages::pip {
namespace {

// Results change only next to the versions that the specifiers name.
std::vector<std::uint64_t> patches_to_try(const SpecifierSet& set) {
  std::vector<std::uint64_t> out{0, 1'000'000};
  for (const auto& specifier : set.specifiers()) {
    const auto& release = specifier.version.release;
    if (release.size() < 3 || release[2] >= 1'000'000) continue;
    out.insert(out.end(), {release[2], release[2] + 1});
    if (release[2] > 0) out.push_back(release[2] - 1);
  }
  return out;
}

}  // namespace

bool fits_python(std::string_view requires_python, const PythonVersion& python) {
  const auto set = SpecifierSet::from_text(requires_python);
  if (!set) return true;
  const auto fits = [&](std::uint64_t patch) {
    return set->contains(Version{.epoch = 0, .release = {python.major, python.minor, patch}}, PreReleases::allow);
  };
  return python.patch ? fits(*python.patch) : std::ranges::any_of(patches_to_try(*set), fits);
}

}  // namespace lapstrake::packages::pip
