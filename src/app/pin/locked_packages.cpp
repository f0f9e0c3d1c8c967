#include "locked_packages.hpp"

#include <algorithm>
#include <charconv>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <optional>

namespace lapstrake::app {
namespace {

std::string quoted(const std::string& name) { return cat("`", printable(name, 200), "`"); }

// A path below the URI of a source: the build appends it to the URI.
bool is_safe_path(std::string_view path) {
  const bool plain = std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
  return plain && !path.starts_with('/') && path.find_first_of("?#") == path.npos &&
         for_each_part(path, [](std::string_view part) { return part != ".."; });
}

packages::LockedFile file_of(const std::string& name, const nlohmann::json& value, std::string_view what) {
  if (!value.is_object()) refuse(what, cat("has no valid entry for ", quoted(name)));
  require_members(
      value,
      {"package", "version", "architecture", "suite", "path", "sha256", "size", "integrity", "url", "why", "note"},
      what);
  const auto text = [&](const char* member) { return text_of(value, member, name, what); };
  const auto digest = oci::Digest::parse(cat("sha256:", text("sha256")));
  const auto size = value.find("size");
  if (!digest || size == value.end() || !size->is_number_unsigned())
    refuse(what, cat("has no valid `sha256` and `size` for ", quoted(name)));
  if (!is_safe_path(text("path"))) refuse(what, cat("has an unsafe `path` for ", quoted(name)));
  return {.name = name,
          .package = text("package"),
          .version = text("version"),
          .digest = *digest,
          .size = *size,
          .integrity = text("integrity"),
          .url = text("url"),
          .architecture = text("architecture"),
          .suite = text("suite"),
          .path = text("path"),
          .why = text("why"),
          .note = text("note")};
}

// "2026-11-20T20:14:05Z": a later lock compares it as text.
bool is_date(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00Z";
  return std::ranges::equal(text, form, [](char c, char of) { return of == '0' ? c >= '0' && c <= '9' : c == of; });
}

std::vector<std::string> fingerprints_of(const nlohmann::json& suite, const std::string& name, std::string_view what) {
  std::vector<std::string> out;
  const auto found = suite.find("signed_by");
  if (found == suite.end() || !found->is_array()) refuse(what, cat("has no valid `signed_by` for ", quoted(name)));
  for (const auto& item : *found) {
    if (item.is_string()) out.push_back(item);
    if (!item.is_string() || out.back().empty() ||
        out.back().find_first_not_of("0123456789ABCDEF") != std::string::npos)
      refuse(what, cat("has an invalid fingerprint for ", quoted(name)));
  }
  return out;
}

packages::LockedSuite suite_of(const std::string& name, const nlohmann::json& value, std::string_view what) {
  if (!value.is_object() || !value.contains("release")) refuse(what, cat("has no valid entry for ", quoted(name)));
  require_members(value, {"codename", "date", "release", "signed_by"}, what);
  packages::LockedSuite out{.codename = text_of(value, "codename", name, what),
                            .date = text_of(value, "date", name, what),
                            .release = digest_of(value["release"], name, what),
                            .signed_by = fingerprints_of(value, name, what)};
  if (!is_date(out.date)) refuse(what, cat("has no valid `date` for ", quoted(name)));
  return out;
}

std::optional<std::uint32_t> id_of(std::string_view text) {
  std::uint32_t id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(id) : std::nullopt;
}

// "100:101"
std::string ids_of(const std::string& name, const nlohmann::json& value, std::string_view what) {
  if (!value.is_string()) refuse(what, cat("has no valid numbers for ", quoted(name)));
  const auto& text = value.get_ref<const std::string&>();
  const auto colon = std::min(text.find(':'), text.size());
  const auto rest = std::string_view(text).substr(colon == text.size() ? colon : colon + 1);
  if (!id_of(std::string_view(text).substr(0, colon)) || !id_of(rest))
    refuse(what, cat("has no valid numbers for ", quoted(name)));
  return text;
}

packages::LockedInstall install_of(const std::string& name, const nlohmann::json& value, std::string_view what) {
  if (!value.is_object() || !value.contains("inputs")) refuse(what, cat("has no valid entry for ", quoted(name)));
  require_members(value, {"inputs", "policy", "suites", "accounts", "files"}, what);
  packages::LockedInstall out{.name = name,
                              .inputs = digest_of(value["inputs"], name, what),
                              .files = {},
                              .policy = text_of(value, "policy", name, what)};
  for (const auto& [suite, facts] : section(value, "suites", what).items())
    out.suites.emplace(suite, suite_of(suite, facts, what));
  for (const auto& [account, ids] : section(value, "accounts", what).items())
    out.accounts.emplace(account, ids_of(account, ids, what));
  for (const auto& [file, facts] : section(value, "files", what).items())
    out.files.push_back(file_of(file, facts, what));
  return out;
}

std::string line_of(const packages::LockedFile& file) {
  Line out;
  out.add_text("package", file.package);
  out.add_text("version", file.version);
  out.add_text("architecture", file.architecture);
  out.add_text("suite", file.suite);
  out.add_text("path", file.path);
  out.add_text("sha256", std::string(file.digest.hex()));
  out.add("size", cat(file.size));
  out.add_text("integrity", file.integrity);
  out.add_text("url", file.url);
  out.add_text("why", file.why);
  out.add_text("note", file.note);
  return out.object();
}

std::string line_of(const packages::LockedSuite& suite) {
  std::vector<std::string> keys;
  for (const auto& key : suite.signed_by) keys.push_back(json_text(key));
  Line out;
  out.add_text("codename", suite.codename);
  out.add_text("date", suite.date);
  out.add_text("release", suite.release.text());
  out.add("signed_by", cat("[", join(keys, ", "), "]"));
  return out.object();
}

std::string object_of(const packages::LockedInstall& install) {
  Lines suites("      "), accounts("      "), files("      "), out("    ");
  for (const auto& [name, suite] : install.suites) suites.add(name, line_of(suite));
  for (const auto& [name, ids] : install.accounts) accounts.add(name, json_text(ids));
  for (const auto& file : install.files) files.add(file.name, line_of(file));
  out.add("inputs", json_text(install.inputs.text()));
  if (!install.policy.empty()) out.add("policy", json_text(install.policy));
  if (!suites.empty()) out.add("suites", suites.object());
  if (!accounts.empty()) out.add("accounts", accounts.object());
  out.add("files", files.object());
  return out.object();
}

}  // namespace

packages::LockedPackages packages_of(const nlohmann::json& lock, std::string_view what) {
  packages::LockedPackages out;
  for (const auto& [url, value] : section(lock, "fetched", what).items())
    out.fetched.emplace(url, file_of(url, value, what));
  for (const auto& [name, value] : section(lock, "installs", what).items())
    out.installs.emplace(name, install_of(name, value, what));
  for (const auto& [name, value] : section(lock, "edited", what).items())
    out.edited.emplace(name, digest_of(value, name, what));
  return out;
}

void render(const packages::LockedPackages& packages, Lines& out) {
  Lines fetched("  "), installs("  "), edited("  ");
  for (const auto& [url, file] : packages.fetched) fetched.add(url, line_of(file));
  for (const auto& [name, install] : packages.installs) installs.add(name, object_of(install));
  for (const auto& [name, digest] : packages.edited) edited.add(name, json_text(digest.text()));
  if (!fetched.empty()) out.add("fetched", fetched.object());
  if (!installs.empty()) out.add("installs", installs.object());
  if (!edited.empty()) out.add("edited", edited.object());
}

}  // namespace lapstrake::app
