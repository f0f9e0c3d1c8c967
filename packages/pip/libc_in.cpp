#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/python_in.hpp>

#include "characters.hpp"
#include "installed_packages.hpp"

namespace lapstrake::packages::pip {
namespace {

// "2.36" of "2.36-9+deb12u10", "1.2" of "1.2.4-r2", "2.31" of "2.31-0ubuntu9".
std::optional<Libc> libc_of_package(std::string_view kind, std::string_view version) {
  auto end = version.find('.');
  if (end == std::string_view::npos) return std::nullopt;
  for (++end; end < version.size() && is_digit(version[end]);) ++end;
  return Libc::from_text(cat(kind, "-", version.substr(0, end)));
}

std::optional<Libc> libc_of_packages(const InstalledPackages& packages) {
  if (const auto found = packages.dpkg.find("libc6"); found != packages.dpkg.end())
    return libc_of_package("glibc", found->second);
  if (const auto found = packages.apk.find("musl"); found != packages.apk.end())
    return libc_of_package("musl", found->second);
  if (const auto found = packages.apk.find("glibc"); found != packages.apk.end())
    return libc_of_package("glibc", found->second);
  return std::nullopt;
}

// Before 2.34 the library's name has its version: libc-2.17.so.
std::optional<Libc> libc_of_file(std::string_view name) {
  constexpr std::string_view prefix = "libc-", suffix = ".so";
  if (!name.starts_with(prefix) || !name.ends_with(suffix) || name.size() <= prefix.size() + suffix.size())
    return std::nullopt;
  return Libc::from_text(cat("glibc-", name.substr(prefix.size(), name.size() - prefix.size() - suffix.size())));
}

}  // namespace

std::optional<Libc> libc_in(const layers::BaseFiles& base) {
  if (const auto libc = libc_of_packages(installed_packages(base))) return libc;
  for (const auto* folder : {"lib64", "usr/lib64", "lib", "usr/lib", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"})
    for (const auto& name : base.names_in(base.follow(folder)))
      if (const auto libc = libc_of_file(name)) return libc;
  return std::nullopt;
}

}  // namespace lapstrake::packages::pip
