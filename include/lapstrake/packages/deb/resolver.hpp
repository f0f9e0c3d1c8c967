// Chooses the packages to install: libsolv, led to the choices that apt makes (facts: a walk that takes the first
// alternative and the real package before a provider; libsolv decides where that conflicts).
#pragma once
#include <lapstrake/packages/deb/package_index.hpp>
#include <lapstrake/packages/deb/request.hpp>
#include <lapstrake/packages/deb/resolve_options.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

// The rules below, in the lock: other rules get another name, and a lock keeps what it has.
inline constexpr std::string_view resolver_policy = "deb 1";
// Preferred where several packages would do: small ones that need no init system (resolver_policy).
const std::vector<std::string>& container_preferences();

struct ChosenPackage {
  const PackageIndex* index = nullptr;
  IndexedPackage package;
  std::string why;  // "requested", "essential", "needed by php8.2-fpm", "recommended by ..."
};

// `installed`: the text of dpkg's status of the layers below (paragraphs without `Status:` count as installed, those of
// status.d); its packages stay at their versions. The new packages, sorted by name. The highest version wins, whatever
// the index, unless `keep` or a request names another one; a local file wins over the same version elsewhere.
// Error{usage}: a request that no index has (with near names), a virtual package of which `prefer` names no provider
// (with all providers), a request that cannot be satisfied (with libsolv's reasons in plain words), an excluded package
// that is needed (with the one that needs it), an upgrade or removal of an installed package.
std::vector<ChosenPackage> resolve(const std::vector<const PackageIndex*>& indexes, std::string_view installed,
                                   const std::vector<Request>& requests, const ResolveOptions& options);

}  // namespace lapstrake::packages::deb
