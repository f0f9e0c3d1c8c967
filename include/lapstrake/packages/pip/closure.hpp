// Whether a list of packages is complete: each requirement of each package is provided by a package of the list.
#pragma once
#include <functional>
#include <lapstrake/packages/checksum.hpp>
#include <lapstrake/packages/pip/marker.hpp>
#include <lapstrake/packages/pip/metadata.hpp>
#include <lapstrake/packages/pip/requirement.hpp>
#include <lapstrake/packages/pip/version.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

// A package that is installed.
struct ListedPackage {
  std::string name = {};
  Version version = {};
  std::vector<Requirement> needs = {};   // the Requires-Dist lines of its METADATA, all of them
  std::vector<std::string> extras = {};  // that the list asks for: "async" of `flask[async]==3.1.0`
};

// A requirement of the list itself: a line that names a package, or a dependency group.
struct RootRequirement {
  Requirement requirement;
  std::string where;  // "requirements.txt:3"
};

struct MissingRequirement {
  Requirement requirement = {};         // with its marker, which holds
  std::string needed_by = {};           // "flask 3.1.0", or a root's `where`
  std::optional<Version> present = {};  // the version of the list that does not satisfy it; without it, no package does
  bool is_version_mismatch() const { return present.has_value(); }
};

// All of them, in the order of the roots and packages; each once for each package that needs it. `flask[async]`
// activates the extra `async` of flask wherever it is required. A requirement with a URL is satisfied by any version
// (the lock file decides which file is installed), and one with specifiers by a pre-release too. Error{usage} from
// Marker::holds().
std::vector<MissingRequirement> missing_requirements(const std::vector<ListedPackage>& packages,
                                                     const std::vector<RootRequirement>& roots,
                                                     const MarkerEnvironment& environment);

struct AddableVersion {
  Version version = {};
  std::vector<Checksum> checksums = {};  // of its files, for a list with hashes
};

// The newest version of a project that can be added to a list: it satisfies all of `requirements`, which name this
// project, and fits the image. Nothing if there is none or it is not known.
using VersionToAdd = std::function<std::optional<AddableVersion>(const std::vector<Requirement>& requirements)>;

// The lines for requirements.txt, one for each project that is missing, in their order: "werkzeug==3.1.3", or
// "werkzeug>=3.1,>=3.0.4" when `version_to_add` has no version.
std::vector<std::string> lines_to_add(const std::vector<MissingRequirement>& missing,
                                      const VersionToAdd& version_to_add = {});

// "flask 3.1.0 needs werkzeug>=3.1, which requirements.txt does not list". `lock_name`: the name of the list.
std::string sentence(const MissingRequirement& missing, std::string_view lock_name);

// Error{usage} with a sentence for each of them and the lines to add; nothing for an empty list.
void expect_complete(const std::vector<MissingRequirement>& missing, std::string_view lock_name,
                     const VersionToAdd& version_to_add = {});

// A Requires-Dist line of a wheel's METADATA. Accepts forms that old wheels have and PEP 508 does not: `>=1.0.*`,
// `>dev`, `>=1.0<2.0`. Error{integrity} naming `package` for other invalid text.
Requirement metadata_requirement(std::string_view text, std::string_view package);

// A wheel's METADATA as a package of a list that asks for `extras`. Error{integrity} for an invalid version and more
// than 10,000 requirements too.
ListedPackage listed_package(const Metadata& metadata, std::vector<std::string> extras = {});

}  // namespace lapstrake::packages::pip
