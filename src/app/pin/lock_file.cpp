#include <lapstrake/app/pin/lock_file.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::app {
namespace {

constexpr std::size_t most_bytes = 4u << 20;
constexpr int version = 1;
constexpr const char* cure = "restore it from version control, or delete it and run `lapstrake lock`";

[[noreturn]] void refuse(std::string_view what, std::string_view why) {
  throw Error(ErrorKind::usage, cat(what, " ", why), cure);
}

[[noreturn]] void refuse(const Error& error) {
  throw Error(ErrorKind::usage, error.summary(), cure).because(error.reason());
}

[[noreturn]] void refuse_newer(std::string_view what) {
  throw Error(ErrorKind::usage, cat(what, " was written by a newer lapstrake"),
              "use the newer version, or delete the file and run `lapstrake lock`");
}

nlohmann::json parsed(std::string_view text, std::string_view what) {
  try {
    return parse_json(text, what, {.most_bytes = most_bytes, .most_depth = 8});
  } catch (const Error& error) {
    refuse(error);
  }
}

void require_version(const nlohmann::json& object, std::string_view what) {
  const auto found = object.find("version");
  if (found == object.end() || !found->is_number_unsigned()) refuse(what, "has no `version`");
  if (*found > version) refuse_newer(what);
  if (*found != version) refuse(what, "has an invalid `version`");
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

}  // namespace

Lock parse_lock(std::string_view text, std::string_view what) {
  const auto object = parsed(text, what);
  if (!object.is_object()) refuse(what, "is not a JSON object");
  require_version(object, what);
  for (const auto& [name, value] : object.items())
    if (name != "version" && name != "bases") refuse_newer(what);
  const auto bases = object.find("bases");
  if (bases == object.end() || !bases->is_object()) refuse(what, "has no `bases`");
  Lock lock;
  for (const auto& [name, value] : bases->items()) {
    if (!is_lock_name(name)) refuse(what, cat("has an invalid base name `", printable(name, 200), "`"));
    const auto digest = value.is_string() ? oci::Digest::parse(value.get_ref<const std::string&>()) : std::nullopt;
    if (!digest) refuse(what, cat("has no valid digest for `", printable(name, 200), "`"));
    lock.bases.emplace(name, *digest);
  }
  return lock;
}

std::string render(const Lock& lock) {
  auto bases = nlohmann::ordered_json::object();
  for (const auto& [name, digest] : lock.bases) bases[name] = digest.text();
  return pretty_json({{"version", version}, {"bases", bases}}) + "\n";
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
