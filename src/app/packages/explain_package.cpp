#include <lapstrake/app/packages/explain_package.hpp>

#include <algorithm>
#include <lapstrake/app/packages/deb_step.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/php_extensions.hpp>
#include <lapstrake/packages/deb/version.hpp>

#include "deb_files.hpp"

namespace lapstrake::app {
namespace {

namespace deb = packages::deb;

// What PHP in the current release of Debian is called, if no package of the lock says it.
constexpr std::string_view default_php = "8.2";

std::vector<PackageUse> uses_of(const packages::LockedPackages& locked, const std::string& name) {
  std::vector<PackageUse> out;
  for (const auto& [install, entry] : locked.installs)
    for (const auto& file : entry.files)
      if (file.package == name)
        out.push_back({.install = install, .version = file.version, .why = file.why, .note = file.note});
  return out;
}

class Explaining {
 public:
  Explaining(const Context& context, const spec::Project& project, const store::Store& store)
      : run_(context, project, store) {}

  std::optional<ExplainedDeb> of_lock(const std::string& name) {
    for (const auto& image : run_.project.images)
      for (const auto& layer : image.layers)
        if (layer.deb)
          for (const auto& platform : image.platforms)
            if (auto out = of_step(image.name, layer, platform, name)) return out;
    return std::nullopt;
  }

  // From the sources of the first `deb:` step, or of this machine.
  std::optional<ExplainedDeb> of_sources(const std::string& name) {
    const auto& images = run_.project.images;
    for (const auto& image : images)
      for (const auto& layer : image.layers)
        if (layer.deb) return newest(*layer.deb, image.platforms.front(), name);
    return newest({}, {.os = "linux", .architecture = "amd64", .variant = {}}, name);
  }

  ExplainedDeb of_file(const std::string& path) {
    auto blob = run_.archives.store().new_blob();
    std::uint64_t size = 0;
    drain(
        file_source(path), [&](Bytes bytes) { blob.write(bytes), size += bytes.size(); }, run_.context.runtime.stop);
    const auto digest = blob.commit();
    const auto what = cat("`", path, "`");
    const auto control =
        deb::control_of(file_source(run_.archives.store().blob_path(digest)), what, {.packed_bytes = size});
    const auto stanza = deb::single_stanza(control, what);
    packages::LockedFile file{.name = path,
                              .package = std::string(stanza.value("Package")),
                              .version = std::string(stanza.value("Version")),
                              .digest = digest,
                              .size = size,
                              .architecture = std::string(stanza.value("Architecture"))};
    return explained(file, path, {}, {.image = {}, .platform = {}, .base = nothing_, .env = {}});
  }

 private:
  std::optional<ExplainedDeb> of_step(const std::string& image, const oci::LayerRecipe& layer,
                                      const oci::Platform& platform, const std::string& name) {
    const StepFacts facts{.image = image, .platform = platform, .base = nothing_, .env = {}};
    const auto& installs = run_.context.run->packages.installs;
    const auto found = installs.find(install_name({.deb = *layer.deb, .layer = layer.name, .facts = facts}));
    if (found == installs.end()) return std::nullopt;
    const auto file = std::ranges::find(found->second.files, name, &packages::LockedFile::package);
    if (file == found->second.files.end()) return std::nullopt;
    return explained(*file, file->url.empty() ? cat(file->suite, ": ", file->path) : file->url, *layer.deb, facts);
  }

  std::optional<ExplainedDeb> newest(const oci::Deb& step, const oci::Platform& platform, const std::string& name) {
    const StepFacts facts{.image = {}, .platform = platform, .base = nothing_, .env = {}};
    DebSuites suites(run_, {});
    std::optional<deb::IndexedPackage> best;
    std::string suite;
    for (const auto& source : deb_sources(run_.project, run_.context.runtime.environment, step, architecture_of(facts)))
      for (const auto& index : suites.suite(source, architecture_of(facts)).indexes)
        for (auto& package : index->versions_of(name))
          if (!best || deb::compare_versions(best->version, package.version) < 0) {
            best = std::move(package);
            suite = source.name;
          }
    if (!best) return std::nullopt;
    packages::LockedFile file{.name = deb::file_name(best->name, best->version, best->architecture),
                              .package = best->name,
                              .version = best->version,
                              .digest = best->digest,
                              .size = best->size,
                              .architecture = best->architecture,
                              .suite = suite,
                              .path = best->path};
    return explained(file, cat(suite, ": ", best->path), step, facts);
  }

  ExplainedDeb explained(const packages::LockedFile& file, std::string from, const oci::Deb& step,
                         const StepFacts& facts) {
    const std::string layer;
    const DebStep whole{.deb = step, .layer = layer, .facts = facts};
    const auto one = DebFiles(run_, whole).unpacked({file}).front();
    const auto& table = deb::EffectTable::built_in();
    const auto control = one.control("control");
    const auto stanza = deb::single_stanza(control, cat("the control file of `", one.name, "`"));
    ExplainedDeb out{
        .name = one.name,
        .version = one.version,
        .architecture = one.architecture,
        .from = std::move(from),
        .depends = join(relations_of(stanza), ", "),
        .description = std::string(stanza.value("Description").substr(0, stanza.value("Description").find('\n'))),
        .review = deb::review(one, table, {step.accepted.begin(), step.accepted.end()}),
        .residue_hash = deb::residue_hash(one).substr(0, 16),
        .scripts = {},
        .effects = {},
        .note = {},
        .files = {}};
    for (const auto* name : {"preinst", "postinst", "config", "triggers"})
      if (auto text = one.control(name); !text.empty()) out.scripts.push_back({.name = name, .text = std::move(text)});
    for (const auto& effect : deb::all_effects(one, table))
      out.effects.push_back(cat(effect.verb, " ", join(effect.words, " ")));
    if (const auto* known = table.find(one.name)) out.note = known->note;
    add_files(one, out.files);
    return out;
  }

  static std::vector<std::string> relations_of(const deb::Stanza& stanza) {
    std::vector<std::string> out;
    for (const auto* name : {"Pre-Depends", "Depends"})
      if (const auto value = stanza.find(name)) out.emplace_back(*value);
    return out;
  }

  static void add_files(const deb::Deb& one, std::vector<packages::Member>& to) {
    const auto folder = cat(deb::data_folder, "/");
    for (auto member : one.archive->members()) {
      if (!member.path.starts_with(folder)) continue;
      member.path.erase(0, folder.size());
      to.push_back(std::move(member));
    }
  }

  PackageRun run_;
  const layers::BaseFiles nothing_;
};

// "8.2", from a package of the lock such as php8.2-fpm.
std::string php_version(const packages::LockedPackages& locked) {
  for (const auto& [name, install] : locked.installs)
    for (const auto& file : install.files)
      if (file.package.starts_with("php") && file.package.ends_with("-common") && file.package.size() > 10)
        return file.package.substr(3, file.package.size() - 10);
  return std::string(default_php);
}

std::string text_of(const deb::PhpExtension& extension) {
  const auto text =
      extension.package.empty() ? std::string("part of every PHP of Debian") : cat("install `", extension.package, "`");
  return extension.note.empty() ? text : cat(text, ": ", extension.note);
}

}  // namespace

ExplainedPackage explain_package(const Context& context, const spec::Project* project, const store::Store& store,
                                 const std::string& name) {
  const spec::Project none;
  Explaining explaining(context, project == nullptr ? none : *project, store);
  ExplainedPackage out{.name = name, .uses = uses_of(context.run->packages, name), .deb = {}, .php = {}};
  if (name.ends_with(".deb")) {
    out.deb = explaining.of_file(name);
    return out;
  }
  const auto version = php_version(context.run->packages);
  if (const auto extension = deb::php_extension(name, version)) out.php = text_of(*extension);
  out.deb = explaining.of_lock(name);
  const bool is_other_kind = !out.uses.empty() && !out.deb;
  if (!out.deb && !is_other_kind && out.php.empty()) out.deb = explaining.of_sources(name);
  if (!out.deb && out.uses.empty() && out.php.empty())
    throw Error(ErrorKind::usage, cat("no package `", printable(name, 200), "` in the lock or in the sources"),
                "check the spelling, or give the path of a .deb file");
  return out;
}

}  // namespace lapstrake::app
