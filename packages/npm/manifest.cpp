#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/manifest.hpp>
#include <nlohmann/json.hpp>

#include "json_members.hpp"
#include "places.hpp"

namespace lapstrake::packages::npm {

namespace {

// "MIT", {"type": "MIT"}, or of old packages `licenses: [{"type": "MIT"}]`.
std::string license_of(const nlohmann::json& root) {
  if (auto license = text_member(root, "license"); !license.empty()) return license;
  if (const auto* license = member(root, "license"); license != nullptr) return text_member(*license, "type");
  std::vector<std::string> out;
  if (const auto* list = member(root, "licenses"); list != nullptr && list->is_array())
    for (const auto& one : *list)
      if (auto type = text_member(one, "type"); !type.empty()) out.push_back(std::move(type));
  return join(out, " OR ");
}

}  // namespace

Manifest parse_manifest(std::string_view text, std::string_view what) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const auto root = parse_json(text, cat("package.json in ", what), {.duplicates = true});
  if (!root.is_object()) throw Error(ErrorKind::integrity, cat("package.json in ", what, " is not a JSON object"));
  Manifest out;
  out.name = text_member(root, "name");
  out.version = text_member(root, "version");
  out.bin = bin_member(root, out.name);
  if (const auto* folders = member(root, "directories"); folders != nullptr && out.bin.empty()) {
    out.bin_folder = normal_path("/", text_member(*folders, "bin"));
    while (out.bin_folder.starts_with('/')) out.bin_folder.erase(0, 1);
  }
  out.scripts = map_member(root, "scripts");
  const auto* gyp = member(root, "gypfile");
  out.is_gyp_disabled = gyp != nullptr && gyp->is_boolean() && !gyp->get<bool>();
  out.bundled = texts_member(root, "bundleDependencies");
  for (auto& name : texts_member(root, "bundledDependencies")) out.bundled.push_back(std::move(name));
  out.os = texts_member(root, "os");
  out.cpu = texts_member(root, "cpu");
  out.libc = texts_member(root, "libc");
  out.license = license_of(root);
  return out;
}

}  // namespace lapstrake::packages::npm
