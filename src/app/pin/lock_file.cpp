#include <lapstrake/app/pin/lock_file.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "locked_packages.hpp"

namespace lapstrake::app {
namespace {

constexpr std::size_t most_bytes = 64u << 20, most_values = 4'000'000;
constexpr int version = 2;

nlohmann::json parsed(std::string_view text, std::string_view what) {
  try {
    return parse_json(text, what, {.most_bytes = most_bytes, .most_depth = 8, .most_values = most_values});
  } catch (const Error& error) {
    refuse(error);
  }
}

int version_of(const nlohmann::json& object, std::string_view what) {
  const auto found = object.find("version");
  if (found == object.end() || !found->is_number_unsigned()) refuse(what, "has no `version`");
  if (*found > version) refuse_newer(what);
  if (*found == 0) refuse(what, "has an invalid `version`");
  return found->get<int>();
}

// As lock_name() writes it, so that one base has one entry.
bool is_lock_name(const std::string& name) try {
  const auto reference = oci::parse_reference(name);
  if (const auto* remote = std::get_if<oci::RegistryReference>(&reference))
    return !remote->digest && !remote->tag.empty() && remote->text() == name;
  const auto& disk = std::get<oci::DiskReference>(reference);
  return disk.text() == name && disk.path.lexically_normal() == disk.path;
} catch (const Error&) {
  return false;
}

std::map<std::string, oci::Digest> images_of(const nlohmann::json& section, std::string_view what) {
  std::map<std::string, oci::Digest> out;
  for (const auto& [name, value] : section.items()) {
    if (!is_lock_name(name)) refuse(what, cat("has an invalid image name `", printable(name, 200), "`"));
    out.emplace(name, digest_of(value, name, what));
  }
  return out;
}

}  // namespace

Lock parse_lock(std::string_view text, std::string_view what) {
  const auto object = parsed(text, what);
  if (!object.is_object()) refuse(what, "is not a JSON object");
  const bool is_version_1 = version_of(object, what) == 1;
  const char* const images = is_version_1 ? "bases" : "images";
  if (is_version_1)
    require_members(object, {"version", "bases"}, what);
  else
    require_members(object, {"version", "images", "fetched", "installs", "edited"}, what);
  if (is_version_1 && !object.contains(images)) refuse(what, "has no `bases`");
  Lock lock{.images = images_of(section(object, images, what), what), .packages = {}, .is_version_1 = is_version_1};
  if (!is_version_1) lock.packages = packages_of(object, what);
  return lock;
}

std::string render(const Lock& lock) {
  Lines images("  "), out("");
  for (const auto& [name, digest] : lock.images) images.add(name, json_text(digest.text()));
  out.add("version", cat(version));
  out.add("images", images.object());
  render(lock.packages, out);
  return out.object() + "\n";
}

std::filesystem::path lock_file(const spec::Project& project) {
  return (project.folder / lock_file_name).lexically_normal();
}

std::optional<Lock> read_lock(const spec::Project& project, bool allow_outside) {
  const auto file = lock_file(project);
  std::error_code failure;
  if (std::filesystem::symlink_status(file, failure).type() == std::filesystem::file_type::not_found)
    return std::nullopt;
  std::string text;
  try {
    text = read_all_of(open_named_file(project.folder, std::string(lock_file_name), allow_outside), most_bytes);
  } catch (const Error& error) {
    refuse(error);
  }
  return parse_lock(text, cat("`", file.string(), "`"));
}

}  // namespace lapstrake::app
