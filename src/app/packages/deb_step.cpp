#include <lapstrake/app/packages/deb_step.hpp>

#include <algorithm>
#include <charconv>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/database.hpp>
#include <lapstrake/packages/deb/install.hpp>
#include <lapstrake/packages/deb/request.hpp>
#include <lapstrake/packages/deb/resolver.hpp>

#include "deb_files.hpp"

namespace lapstrake::app {
namespace {

namespace deb = packages::deb;

std::string_view name_of(oci::Deb::Base base) {
  switch (base) {
    case oci::Deb::Base::automatic: return "automatic";
    case oci::Deb::Base::minimal: return "minimal";
    case oci::Deb::Base::essential: return "essential";
    case oci::Deb::Base::image: return "image";
  }
  return "";
}

// Names and versions only: how a program wrote the database decides nothing.
std::string installed_in(const layers::BaseFiles& below) {
  const auto text = deb::installed_packages(below);
  std::vector<std::string> lines;
  deb::for_each_stanza(text, "dpkg's database of the layers below", [&](const deb::Stanza& stanza) {
    lines.push_back(cat(stanza.value("Package"), " ", stanza.value("Version"), " ", stanza.value("Architecture")));
  });
  std::ranges::sort(lines);
  return join(lines, "\n");
}

// "100:101"
std::optional<deb::Ids> parse_ids(const std::string& text) {
  deb::Ids out;
  const char* const end = text.data() + text.size();
  const auto uid = std::from_chars(text.data(), end, out.uid);
  if (uid.ec != std::errc() || uid.ptr == end || *uid.ptr != ':') return std::nullopt;
  const auto gid = std::from_chars(uid.ptr + 1, end, out.gid);
  return gid.ec == std::errc() && gid.ptr == end ? std::optional(out) : std::nullopt;
}

// The rules of another version may give other files.
void warn_of_other_policy(const PackageRun& run, const DebStep& step, const packages::LockedInstall& install) {
  const auto now = cat(deb::resolver_policy, ", effects ", deb::EffectTable::built_in().version());
  if (install.policy.empty() || install.policy == now) return;
  run.context.report.progress(
      {.kind = Event::Kind::warning,
       .image = step.facts.image,
       .text = cat("`", install.name, "` was locked with the rules `", install.policy, "`, this version has `", now,
                   "`: the digest may differ; `lapstrake lock --update` records the new rules")});
}

}  // namespace

deb::Accounts accounts_of(const packages::LockedInstall& install) {
  deb::Accounts out;
  for (const auto& [name, text] : install.accounts)
    if (const auto ids = parse_ids(text)) out.emplace(name, *ids);
  return out;
}

void check_request(const std::string& request) { deb::parse_request(request); }

std::string install_name(const DebStep& step) {
  return cat("deb ", step.facts.image, " ", step.layer, ", ", architecture_of(step.facts));
}

oci::Digest inputs_of(const PackageRun& run, const DebStep& step) {
  InputDigest digest;
  const auto add_list = [&](std::string_view name, std::vector<std::string> words) {
    std::ranges::sort(words);
    digest.add(name, join(words, "\n"));
  };
  digest.add("suite", step.deb.suite);
  digest.add("base", name_of(step.deb.base));
  digest.add("recommends", step.deb.recommends ? "yes" : "no");
  add_list("install", step.deb.install);
  digest.add("prefer", join(step.deb.prefer, "\n"));
  add_list("exclude", step.deb.exclude);
  add_list("accept", step.deb.accepted);
  add_list("sources", step.deb.sources);
  for (const auto& request : step.deb.install)
    if (is_local_deb(request)) digest.add(request, copy_to_store(run, local_path(request), {}).digest.text());
  digest.add("installed", installed_in(step.facts.base));
  return digest.finish();
}

const packages::LockedInstall& locked_install(const PackageRun& run, const DebStep& step) {
  return locked_install(run, install_name(step), inputs_of(run, step));
}

std::vector<layers::Entry> deb_entries(const PackageRun& run, const DebStep& step,
                                       const packages::LockedInstall& install, const layers::BaseFiles& below) {
  warn_of_other_policy(run, step, install);
  return deb::install(DebFiles(run, step).unpacked(install.files), below, deb::EffectTable::built_in(),
                      {.docs = step.deb.docs ? deb::Docs::keep : deb::Docs::drop, .accounts = accounts_of(install)})
      .entries;
}

std::vector<packages::UnpackedArchive> unpacked_files(const PackageRun& run, const DebStep& step,
                                                      const packages::LockedInstall& install) {
  return DebFiles(run, step).archives(install.files);
}

void take_files(const PackageRun& run, const DebStep& step, const packages::LockedInstall& install) {
  DebFiles(run, step).take(install.files);
}

}  // namespace lapstrake::app
