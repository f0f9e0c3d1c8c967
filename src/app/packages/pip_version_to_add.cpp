#include "pip_version_to_add.hpp"

#include <algorithm>
#include <iterator>
#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/requires_python.hpp>
#include <lapstrake/packages/pip/tags.hpp>

namespace lapstrake::app {
namespace {

namespace pip = packages::pip;

bool satisfies(const pip::Version& version, const std::vector<pip::Requirement>& requirements) {
  const auto all = std::ranges::all_of(requirements, [&](const auto& requirement) {
    return requirement.specifiers.contains(version, pip::PreReleases::allow);
  });
  return all && (!version.is_pre_release() || std::ranges::any_of(requirements, [&](const auto& requirement) {
           return requirement.specifiers.contains(version, pip::PreReleases::if_named);
         }));
}

bool is_sha256(const packages::Checksum& checksum) { return checksum.algorithm == packages::HashAlgorithm::sha256; }

std::shared_ptr<const IndexedProject> project_called(PipIndex& index, const std::string& name) {
  try {
    return index.project(name);
  } catch (const Error&) {
    return nullptr;  // the error of the incomplete list is the one to report
  }
}

}  // namespace

std::optional<pip::AddableVersion> version_to_add(PipIndex& index, const std::vector<pip::Requirement>& requirements,
                                                  const pip::Target& target, bool with_hashes) {
  const auto project = project_called(index, pip::normalized_name(requirements.front().name));
  std::optional<pip::Version> best;
  if (!project) return std::nullopt;
  const pip::WheelRanks ranks(target);
  for (const auto& file : project->page.files) {
    const auto wheel = pip::WheelName::from_text(file.name);
    const auto version = wheel ? pip::Version::from_text(wheel->version) : std::nullopt;
    if (!version || (best && *version <= *best) || file.yanked || !satisfies(*version, requirements)) continue;
    if (file.requires_python && !pip::fits_python(file.requires_python->text(), target.python)) continue;
    if (ranks.rank(*wheel)) best = version;
  }
  if (!best) return std::nullopt;
  pip::AddableVersion out{.version = *best, .checksums = {}};
  if (with_hashes)
    for (const auto& file : project->page.files)
      if (const auto wheel = pip::WheelName::from_text(file.name);
          wheel && pip::Version::parse(wheel->version) == *best)
        std::ranges::copy_if(file.checksums, std::back_inserter(out.checksums), is_sha256);
  return out;
}

}  // namespace lapstrake::app
