#include "packages.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::packages::composer {
namespace {

constexpr std::string_view fix = "write the file again with `composer install`";

nlohmann::json parse(std::string_view text, std::string_view what) {
  try {
    return parse_json(text, what,
                      {.most_bytes = limits::package_lock_bytes, .most_values = limits::package_lock_values});
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, error.summary(), std::string(fix)).because(error.reason());
  }
}

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

// "intl" of the member "ext-intl" of an object; PHP writes an empty one as a list.
void add_extensions(std::vector<std::string>& out, const nlohmann::json& package, const char* name) {
  const auto links = package.find(name);
  if (links == package.end() || !links->is_object()) return;
  for (const auto& [key, range] : links->items())
    if (key.starts_with("ext-")) out.push_back(lower(std::string_view(key).substr(4)));
}

std::string reference_of(const nlohmann::json& package) {
  for (const char* const origin : {"dist", "source"}) {
    const auto found = package.find(origin);
    if (found == package.end() || !found->is_object()) continue;
    if (auto reference = text_of(*found, "reference"); !reference.empty()) return reference;
  }
  return {};
}

Package read_package(const nlohmann::json& package, std::string_view what) {
  Package out;
  if (package.is_object()) out.name = lower(text_of(package, "name"));
  if (out.name.empty()) throw Error(ErrorKind::usage, cat(what, " has a package without a name"), std::string(fix));
  out.version = text_of(package, "version");
  out.reference = reference_of(package);
  // Relative to vendor/composer: "../symfony/console". Other places are not part of vendor/.
  if (const auto path = text_of(package, "install-path"); path.starts_with("../"))
    if (auto folder = clean_path("composer/" + path); !folder.starts_with("..")) out.folder = std::move(folder);
  add_extensions(out.extensions, package, "require");
  add_extensions(out.provided, package, "provide");
  add_extensions(out.provided, package, "replace");
  return out;
}

std::vector<Package> read_packages(const nlohmann::json& list, std::string_view what) {
  std::vector<Package> out;
  for (const auto& package : list) out.push_back(read_package(package, what));
  return out;
}

const nlohmann::json& list_of(const nlohmann::json& root, const char* name, std::string_view what) {
  static const auto nothing = nlohmann::json::array();
  const auto found = root.is_object() ? root.find(name) : root.end();
  if (root.is_object() && found != root.end() && found->is_array()) return *found;
  if (root.is_object() && found != root.end() && found->is_null()) return nothing;
  throw Error(ErrorKind::usage, cat(what, " has no list `", name, "`"), std::string(fix));
}

}  // namespace

Lock parse_lock(std::string_view text, std::string_view what) {
  const auto root = parse(text, what);
  Lock out;
  out.packages = read_packages(list_of(root, "packages", what), what);
  out.dev_packages = read_packages(list_of(root, "packages-dev", what), what);
  add_extensions(out.extensions, root, "platform");
  return out;
}

Installed parse_installed(std::string_view text, std::string_view what) {
  const auto root = parse(text, what);
  Installed out;
  out.packages = read_packages(root.is_array() ? root : list_of(root, "packages", what), what);
  if (root.is_object() && root.contains("dev-package-names"))
    for (const auto& name : list_of(root, "dev-package-names", what))
      if (name.is_string()) out.dev_names.insert(lower(name.get<std::string>()));
  return out;
}

}  // namespace lapstrake::packages::composer
