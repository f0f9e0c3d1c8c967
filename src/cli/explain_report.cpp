#include "explain_report.hpp"

#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "octal.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;
using Review = packages::deb::ScriptReview;

std::string_view verdict(Review::Kind kind) {
  switch (kind) {
    case Review::Kind::none: return "no maintainer script runs at its installation";
    case Review::Kind::standard: return "its maintainer scripts have no effect in a new container";
    case Review::Kind::modelled: return "its maintainer scripts are modelled: the effects below replace them";
    case Review::Kind::accepted: return "its maintainer scripts do not run, and `accept:` allows that";
    case Review::Kind::changed: return "its maintainer scripts differ from those that the effects below model";
    case Review::Kind::unknown: return "its maintainer scripts are unknown: `lapstrake lock` refuses the package";
  }
  return "";
}

std::string_view word(Review::Kind kind) {
  switch (kind) {
    case Review::Kind::none: return "none";
    case Review::Kind::standard: return "standard";
    case Review::Kind::modelled: return "modelled";
    case Review::Kind::accepted: return "accepted";
    case Review::Kind::changed: return "changed";
    case Review::Kind::unknown: return "unknown";
  }
  return "";
}

char type_of(layers::Kind kind) {
  switch (kind) {
    case layers::Kind::directory: return 'd';
    case layers::Kind::symlink: return 'l';
    default: return '-';
  }
}

std::string indented(std::string_view text) {
  std::string out;
  for (const auto& line : split(std::string(trim(text)), '\n')) out += cat("    ", printable(line, 4096), "\n");
  return out;
}

void add_uses(const app::ExplainedPackage& package, std::string& out) {
  for (const auto& use : package.uses)
    out += cat("locked ", printable(use.version, 200), " in `", printable(use.install, 400), "`",
               use.why.empty() ? "" : cat(": ", printable(use.why, 1000)),
               use.note.empty() ? "" : cat(" (", printable(use.note, 400), ")"), "\n");
}

void add_scripts(const app::ExplainedDeb& deb, std::string& out) {
  out += cat("\nscripts: ", verdict(deb.review.kind), "\n");
  if (!deb.scripts.empty()) out += cat("hash of their lines that are not standard: ", deb.residue_hash, "\n");
  for (const auto& action : deb.review.actions) out += cat("  it ", printable(action, 400), "\n");
  if (!deb.effects.empty()) out += "effects:\n";
  for (const auto& effect : deb.effects) out += cat("  ", printable(effect, 1000), "\n");
  if (!deb.note.empty()) out += cat("note: ", printable(deb.note, 2000), "\n");
  if (!deb.review.rest.empty()) out += "not modelled:\n";
  for (const auto& line : deb.review.rest)
    out += cat("  ", line.script, ":", line.number, "  ", printable(line.text, 1000), "\n");
  for (const auto& script : deb.scripts) out += cat("\n", script.name, ":\n", indented(script.text));
}

void add_files(const app::ExplainedDeb& deb, std::string& out) {
  out += cat("\n", count_of(deb.files.size(), "file"), ":\n");
  for (const auto& file : deb.files)
    out += cat("  ", type_of(file.kind), octal(file.mode), " ", file.uid, ":", file.gid, "  /",
               printable(file.path, 4096), file.target.empty() ? "" : cat(" -> ", printable(file.target, 4096)), "\n");
}

}  // namespace

std::string explain_report(const app::ExplainedPackage& package) {
  std::string out;
  if (!package.php.empty()) out += cat("PHP's extension `", printable(package.name, 200), "`: ", package.php, "\n");
  if (!package.deb) {
    add_uses(package, out);
    return out;
  }
  const auto& deb = *package.deb;
  out += cat(deb.name, " ", deb.version, " ", deb.architecture, " (", printable(deb.from, 4096), ")\n");
  if (!deb.description.empty()) out += cat(printable(deb.description, 400), "\n");
  if (!deb.depends.empty()) out += cat("needs ", printable(deb.depends, 4096), "\n");
  add_uses(package, out);
  add_scripts(deb, out);
  add_files(deb, out);
  return out;
}

ordered_json explain_json(const app::ExplainedPackage& package) {
  ordered_json out{{"name", package.name}, {"uses", ordered_json::array()}};
  for (const auto& use : package.uses)
    out["uses"].push_back({{"install", use.install}, {"version", use.version}, {"why", use.why}, {"note", use.note}});
  if (!package.php.empty()) out["php"] = package.php;
  if (!package.deb) return out;
  const auto& deb = *package.deb;
  ordered_json scripts = ordered_json::object(), rest = ordered_json::array(), files = ordered_json::array();
  for (const auto& script : deb.scripts) scripts[script.name] = script.text;
  for (const auto& line : deb.review.rest)
    rest.push_back({{"script", line.script}, {"line", line.number}, {"text", line.text}});
  for (const auto& file : deb.files) files.push_back(cat("/", file.path));
  out["deb"] = {{"version", deb.version},
                {"architecture", deb.architecture},
                {"from", deb.from},
                {"depends", deb.depends},
                {"description", deb.description},
                {"scripts", word(deb.review.kind)},
                {"hash", deb.residue_hash},
                {"actions", deb.review.actions},
                {"effects", deb.effects},
                {"note", deb.note},
                {"notModelled", rest},
                {"texts", scripts},
                {"files", files}};
  return out;
}

}  // namespace lapstrake::cli
