#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/checksum.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/database.hpp>

#include "database_name.hpp"
#include "dpkg_triggers.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view dpkg_folder = "var/lib/dpkg", status_path = "var/lib/dpkg/status",
                           status_d = "var/lib/dpkg/status.d", info = "var/lib/dpkg/info";
constexpr std::string_view dpkg_database = "dpkg's database";

bool is_status_d_entry(std::string_view name) { return name.find('.') == name.npos || !name.ends_with(".md5sums"); }

std::string with_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return cat(text, "\n");
}

std::string md5_of(std::string_view text) {
  Hasher hasher(HashAlgorithm::md5);
  hasher.write(as_bytes(text));
  return hasher.finish().hex();
}

// "Conffiles:\n /etc/nginx/nginx.conf <md5>", as dpkg keeps it.
std::string conffiles_of(const Root& root, const Deb& deb) {
  std::string out;
  const auto text = deb.control("conffiles");
  for (const auto line : lines_of(text)) {
    if (!line.starts_with('/')) continue;  // "remove-on-upgrade /etc/..."
    const auto content = root.text(line.substr(1));
    if (content) out += cat("\n ", line, " ", md5_of(*content));
  }
  return out.empty() ? out : cat("Conffiles:", out, "\n");
}

std::string paragraph_of(const Root& root, const Deb& deb) {
  const auto control = deb.control("control");
  const auto stanza = single_stanza(control, cat("the control file of `", deb.name, "`"));
  std::string out;
  for (const auto& field : stanza.fields()) {
    if (lower(field.name) == "description") out += conffiles_of(root, deb);
    out += cat(field.name, ": ", field.value, "\n");
    if (lower(field.name) == "package") out += "Status: install ok installed\n";
  }
  return out;
}

void add_info(Root& root, const Deb& deb) {
  const auto base = cat(info, "/", database_name(deb), ".");
  auto list = root.list_of(deb.name);
  root.put_file(cat(base, "list"), cat(join(list, "\n"), "\n"), {}, dpkg_database);
  for (const auto* member : {"md5sums", "conffiles", "shlibs", "symbols", "triggers"})
    if (auto text = deb.control(member); !text.empty())
      root.put_file(cat(base, member), std::move(text), {}, dpkg_database);
}

// dpkg has one paragraph for a package: that of an incomplete or removed one (`config-files`) gives way to the new one.
std::string without_replaced(std::string_view status, const std::vector<Deb>& packages) {
  const auto is_replaced = [&](const Stanza& stanza) {
    const auto architecture = stanza.value("Architecture");
    return std::ranges::any_of(packages, [&](const Deb& deb) {
      return deb.name == stanza.value("Package") && (architecture.empty() || architecture == "all" ||
                                                     deb.architecture == "all" || deb.architecture == architecture);
    });
  };
  std::string out;
  for_each_stanza(status, dpkg_database, [&](const Stanza& stanza) {
    if (!is_replaced(stanza)) out += cat(with_end(std::string(stanza.text())), "\n");
  });
  return out;
}

void add_status(Root& root, const layers::BaseFiles& below, const std::vector<Deb>& packages) {
  auto text = without_replaced(below.text_of(status_path).value_or(""), packages);
  for (const auto& deb : packages) text += cat(paragraph_of(root, deb), "\n");
  root.put_file(status_path, std::move(text), {}, dpkg_database);
  for (const auto& deb : packages) add_info(root, deb);
  add_triggers(root, packages);
  if (!root.exists(cat(info, "/format"))) root.put_file(cat(info, "/format"), "1\n", {}, dpkg_database);
  for (const auto* name : {"available", "diversions", "statoverride"})
    if (const auto path = cat(dpkg_folder, "/", name); !root.exists(path)) root.put_file(path, "", {}, dpkg_database);
}

void add_status_d(Root& root, const std::vector<Deb>& packages) {
  for (const auto& deb : packages) {
    root.put_file(cat(status_d, "/", deb.name), with_end(deb.control("control")), {}, dpkg_database);
    if (auto sums = deb.control("md5sums"); !sums.empty())
      root.put_file(cat(status_d, "/", deb.name, ".md5sums"), std::move(sums), {}, dpkg_database);
  }
}

std::vector<Deb> sorted(std::vector<Deb> packages) {
  std::ranges::sort(packages, {}, &Deb::name);
  return packages;
}

}  // namespace

Database database_for(const layers::BaseFiles& below, const std::vector<Deb>& packages) {
  if (below.find(status_path) != nullptr) return Database::status;
  if (below.find(status_d) != nullptr) return Database::status_d;
  return std::ranges::find(packages, "dpkg", &Deb::name) != packages.end() ? Database::status : Database::status_d;
}

std::string installed_packages(const layers::BaseFiles& below) {
  std::string out = below.text_of(status_path).value_or("");
  for (const auto& name : below.names_in(status_d)) {
    if (!is_status_d_entry(name)) continue;
    if (!out.empty()) out = cat(with_end(std::move(out)), "\n");
    out += below.text_of(cat(status_d, "/", name)).value_or("");
  }
  return out;
}

void add_database(Root& root, const layers::BaseFiles& below, const std::vector<Deb>& packages, Database kind) {
  const auto in_order = sorted(packages);
  if (kind == Database::status)
    add_status(root, below, in_order);
  else
    add_status_d(root, in_order);
}

}  // namespace lapstrake::packages::deb
