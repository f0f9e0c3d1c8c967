#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/url.hpp>
#include <lapstrake/packages/npm/tarball_source.hpp>

#include "places.hpp"

namespace lapstrake::packages::npm {
namespace {

using Kind = TarballSource::Kind;

std::string name_and_version(const LockedPackage& package) {
  return cat("`", printable(package.name, 214), "` ", printable(package.version, 80));
}

// From "HOST/any/path/NAME/-/FILE", which must be this package's; a scoped name may have "%2f".
std::optional<std::string> in_registry(const std::string& path, const LockedPackage& package) {
  const auto at = path.rfind("/-/");
  if (at == path.npos) return std::nullopt;
  const auto file = path.substr(at + 3);
  const auto before = lower(percent_decode(path.substr(0, at)));
  if (file.empty() || file.find('/') != file.npos) return std::nullopt;
  if (!before.ends_with(cat("/", lower(package.name)))) return std::nullopt;
  return cat(package.name, "/-/", file);
}

TarballSource project_file(const LockedPackage& package) {
  const auto path = normal_path({}, percent_decode(package.resolved.substr(5)));
  if (path.empty() || path.starts_with('/') || path == ".." || path.starts_with("../") || path.find('\0') != path.npos)
    throw Error(ErrorKind::usage,
                cat("the package ", name_and_version(package), " is the file `", printable(package.resolved, 300),
                    "`, which is outside of the folder of the lock file"),
                "copy the file into the project, and install it from there");
  return {.kind = Kind::file, .location = path};
}

[[noreturn]] void refuse_scheme(const LockedPackage& package) {
  const bool is_git = package.resolved.starts_with("git");
  throw Error(ErrorKind::usage,
              is_git ? cat("the package ", name_and_version(package), " comes from git, which lapstrake does not fetch")
                     : cat("the package ", name_and_version(package), " has no valid `resolved` in the lock file"),
              is_git ? "publish it, or run `npm pack` and install the .tgz file: `npm install ./NAME-VERSION.tgz`"
                     : "write the lock file again with `npm install --package-lock-only`")
      .because(cat("`", printable(package.resolved, 300), "`"));
}

http::Url parse_resolved(const LockedPackage& package) {
  try {
    return http::parse_url(package.resolved);
  } catch (const Error& error) {
    throw Error(ErrorKind::usage,
                cat("the package ", name_and_version(package), " has no valid `resolved` in the lock file"),
                "write the lock file again with `npm install --package-lock-only`")
        .because(error.line());
  }
}

}  // namespace

TarballSource tarball_source(const LockedPackage& package) {
  const auto& resolved = package.resolved;
  if (resolved.empty() && !package.version.empty() && package.version.find('/') == std::string::npos)
    return {.kind = Kind::registry,
            .location = cat(package.name, "/-/", lapstrake::name_of(package.name), "-",
                            percent_encode(package.version, "+"), ".tgz")};
  if (resolved.starts_with("file:")) return project_file(package);
  if (!resolved.starts_with("https://") && !resolved.starts_with("http://")) refuse_scheme(package);
  const auto url = parse_resolved(package);
  if (auto path = in_registry(url.path, package)) return {.kind = Kind::registry, .location = *path};
  return {.kind = Kind::url, .location = url.text()};
}

}  // namespace lapstrake::packages::npm
