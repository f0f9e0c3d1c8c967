#include <lapstrake/app/pin/lock_file.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>
#include <set>

namespace lapstrake::app {
namespace {

constexpr std::size_t most_bytes = 64u << 20, most_values = 4'000'000;
constexpr int version = 2;
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

// The members of a section, or none if it is absent.
const nlohmann::json& section(const nlohmann::json& object, const char* name, std::string_view what) {
  static const auto nothing = nlohmann::json::object();
  const auto found = object.find(name);
  if (found == object.end()) return nothing;
  if (!found->is_object()) refuse(what, cat("has no valid `", name, "`"));
  return *found;
}

void require_members(const nlohmann::json& object, const std::set<std::string_view>& known, std::string_view what) {
  for (const auto& [name, value] : object.items())
    if (!known.contains(name)) refuse_newer(what);
}

oci::Digest digest_of(const nlohmann::json& value, const std::string& of, std::string_view what) {
  const auto digest = value.is_string() ? oci::Digest::parse(value.get_ref<const std::string&>()) : std::nullopt;
  if (!digest) refuse(what, cat("has no valid digest for `", printable(of, 200), "`"));
  return *digest;
}

std::map<std::string, oci::Digest> images_of(const nlohmann::json& section, std::string_view what) {
  std::map<std::string, oci::Digest> out;
  for (const auto& [name, value] : section.items()) {
    if (!is_lock_name(name)) refuse(what, cat("has an invalid image name `", printable(name, 200), "`"));
    out.emplace(name, digest_of(value, name, what));
  }
  return out;
}

packages::LockedFile file_of(const std::string& name, const nlohmann::json& value, std::string_view what) {
  if (!value.is_object()) refuse(what, cat("has no valid entry for `", printable(name, 200), "`"));
  require_members(value, {"package", "version", "sha256", "size", "integrity", "url", "why", "note"}, what);
  const auto text = [&](const char* member) -> std::string {
    const auto found = value.find(member);
    if (found == value.end()) return {};
    if (!found->is_string()) refuse(what, cat("has an invalid `", member, "` for `", printable(name, 200), "`"));
    return *found;
  };
  const auto digest = oci::Digest::parse(cat("sha256:", text("sha256")));
  const auto size = value.find("size");
  if (!digest || size == value.end() || !size->is_number_unsigned())
    refuse(what, cat("has no valid `sha256` and `size` for `", printable(name, 200), "`"));
  return {.name = name,
          .package = text("package"),
          .version = text("version"),
          .digest = *digest,
          .size = *size,
          .integrity = text("integrity"),
          .url = text("url"),
          .why = text("why"),
          .note = text("note")};
}

packages::LockedInstall install_of(const std::string& name, const nlohmann::json& value, std::string_view what) {
  if (!value.is_object() || !value.contains("inputs"))
    refuse(what, cat("has no valid entry for `", printable(name, 200), "`"));
  require_members(value, {"inputs", "files"}, what);
  packages::LockedInstall out{.name = name, .inputs = digest_of(value["inputs"], name, what), .files = {}};
  for (const auto& [file, facts] : section(value, "files", what).items())
    out.files.push_back(file_of(file, facts, what));
  return out;
}

packages::LockedPackages packages_of(const nlohmann::json& object, std::string_view what) {
  packages::LockedPackages out;
  for (const auto& [url, value] : section(object, "fetched", what).items())
    out.fetched.emplace(url, file_of(url, value, what));
  for (const auto& [name, value] : section(object, "installs", what).items())
    out.installs.emplace(name, install_of(name, value, what));
  for (const auto& [name, value] : section(object, "edited", what).items())
    out.edited.emplace(name, digest_of(value, name, what));
  return out;
}

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string line_of(const packages::LockedFile& file) {
  std::string out = "{";
  const auto add = [&](std::string_view member, const std::string& value) {
    if (!value.empty()) out += cat(out.size() > 1 ? ", " : "", json_text(member), ": ", value);
  };
  const auto text = [](const std::string& value) { return value.empty() ? value : json_text(value); };
  add("package", text(file.package));
  add("version", text(file.version));
  add("sha256", json_text(file.digest.hex()));
  add("size", cat(file.size));
  add("integrity", text(file.integrity));
  add("url", text(file.url));
  add("why", text(file.why));
  add("note", text(file.note));
  return out + "}";
}

// `"name": value` lines of an object, one each.
class Lines {
 public:
  explicit Lines(std::string_view indent) : indent_(indent) {}
  void add(std::string_view name, std::string_view value) {
    out_ += cat(out_.empty() ? "" : ",", "\n", indent_, "  ", json_text(name), ": ", value);
  }
  bool empty() const { return out_.empty(); }
  std::string object() const { return out_.empty() ? "{}" : cat("{", out_, "\n", indent_, "}"); }

 private:
  std::string indent_, out_;
};

std::string object_of(const packages::LockedInstall& install) {
  Lines files("      ");
  for (const auto& file : install.files) files.add(file.name, line_of(file));
  Lines out("    ");
  out.add("inputs", json_text(install.inputs.text()));
  out.add("files", files.object());
  return out.object();
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
  Lines images("  "), fetched("  "), installs("  "), edited("  "), out("");
  for (const auto& [name, digest] : lock.images) images.add(name, json_text(digest.text()));
  for (const auto& [url, file] : lock.packages.fetched) fetched.add(url, line_of(file));
  for (const auto& [name, install] : lock.packages.installs) installs.add(name, object_of(install));
  for (const auto& [name, digest] : lock.packages.edited) edited.add(name, json_text(digest.text()));
  out.add("version", cat(version));
  out.add("images", images.object());
  if (!fetched.empty()) out.add("fetched", fetched.object());
  if (!installs.empty()) out.add("installs", installs.object());
  if (!edited.empty()) out.add("edited", edited.object());
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
