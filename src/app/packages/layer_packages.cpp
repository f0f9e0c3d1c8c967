#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/app/images/lower_layers.hpp>
#include <lapstrake/app/packages/deb_step.hpp>
#include <lapstrake/app/packages/layer_packages.hpp>
#include <lapstrake/app/packages/npm_step.hpp>
#include <lapstrake/app/packages/pip_step.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/load_check.hpp>
#include <lapstrake/packages/npm/scripts.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/python_in.hpp>
#include <lapstrake/spec/placeholders.hpp>
#include <set>

#include "npm_tarballs.hpp"
#include "package_steps.hpp"

namespace lapstrake::app {
namespace {

// Calls act(fetch, platform) for each `fetch:` step, with its URL for the platform.
template <class Act>
void for_each_fetch(const PackageRun& run, Act&& act) {
  for (const auto& image : run.project.images) {
    if (run.context.images.prebuilt.contains(image.name)) continue;
    for (const auto& platform : platforms_of(run.context, image))
      for (const auto& layer : image.layers)
        for (auto fetch : layer.fetches) {
          fetch.url = spec::fill_platform(fetch.url, platform);
          lapstrake::step(shown_step(fetch), [&] { act(fetch, platform); });
        }
  }
}

std::optional<oci::Digest> digest_in_spec(const oci::Fetch& fetch, const oci::Platform& platform) {
  auto hex = fetch.sha256;
  for (const auto& [name, sha256] : fetch.sha256_of)
    if (oci::Platform::parse(name).matches(platform)) hex = sha256;
  return hex ? oci::Digest::parse(cat("sha256:", *hex)) : std::nullopt;
}

packages::LockedFile downloaded(const PackageRun& run, const oci::Fetch& fetch,
                                const std::optional<oci::Digest>& digest) {
  const auto url = http::parse_url(fetch.url);
  const auto blob = run.downloads.take({.url = url, .what = cat("`", redacted(url), "`"), .digest = digest});
  return {.name = url.query.empty() ? fetch.url : redacted(url), .digest = blob.digest, .size = blob.size};
}

// As the user writes it: a package in any spelling, or a URL.
bool is_named(const packages::LockedFile& file, const std::string& name) {
  return file.package == name || file.name == name || file.package == packages::pip::normalized_name(name);
}

std::string name_of(const oci::Pip& step, const StepFacts& facts) {
  return install_name(step, pip_target(step, facts));
}
std::string name_of(const oci::Npm& step, const StepFacts& facts) { return install_name(step, facts); }

std::string name_of(const DebStep& step, const StepFacts&) { return install_name(step); }

// Packages of npm have addons for all platforms in one tarball.
bool may_be_loaded(std::string_view path, const std::vector<oci::Npm>& steps, const StepFacts& facts) {
  return std::ranges::all_of(steps, [&](const oci::Npm& step) {
    const auto folder = cat(step.into.substr(1), "/");
    return !path.starts_with(folder) || packages::npm::may_be_loaded(path, npm_target(step, facts));
  });
}

void warn_of_load_problems(const PackageRun& run, const std::vector<layers::Entry>& entries, const StepFacts& facts,
                           const layers::BaseFiles& below, const std::vector<oci::Npm>& npms) {
  const auto libc = packages::pip::libc_in(facts.base);
  const bool is_glibc = libc && libc->kind == packages::pip::Libc::Kind::glibc;
  const auto problems = packages::load_problems(entries, below, is_glibc ? libc->minor : 0,
                                                [&](auto path) { return may_be_loaded(path, npms, facts); });
  for (const auto& text : packages::sentences(problems))
    run.context.report.progress({.kind = Event::Kind::warning, .image = facts.image, .text = text});
}

// One version of a package has one file: whoever replaces it may be an attacker. Files of the project may change.
void expect_same_files(const packages::LockedInstall& install, const packages::LockedInstall& known,
                       const PackageUpdate& update) {
  for (const auto& file : install.files) {
    const auto was = std::ranges::find(known.files, file.name, &packages::LockedFile::name);
    if (was == known.files.end() || was->digest == file.digest || was->version != file.version ||
        was->integrity != file.integrity || file.url.starts_with("./") || update.moves(file))
      continue;
    throw Error(ErrorKind::integrity, cat("`", file.name, "` is not the file that `", lock_file_name, "` has"),
                cat("if the file was meant to change, run `lapstrake lock --update ", file.package, "`"))
        .because(cat("locked: ", was->digest.text(), ", now: ", file.digest.text()));
  }
}

// The files of the base that the image edits; files that its own layers write depend on nothing that moves.
std::set<std::string> edited_paths(const spec::Image& image, const layers::BaseFiles& base) {
  std::set<std::string> out;
  for (const auto& layer : image.layers)
    for (const auto& edit : layer.edits) {
      const auto path = base.follow(std::string_view(edit.path).substr(1));
      if (const auto* node = base.find(path); node != nullptr && node->kind == layers::Kind::file) out.insert(path);
    }
  return out;
}

void lock_edited(const PackageRun& run, const packages::LockedPackages& known, const PackageUpdate& update,
                 std::map<std::string, oci::Digest>& to) {
  for (const auto& image : run.project.images) {
    const bool has_edits = std::ranges::any_of(image.layers, [](const auto& layer) { return !layer.edits.empty(); });
    if (!has_edits || !image.base || run.context.images.prebuilt.contains(image.name)) continue;
    for (const auto& platform : platforms_of(run.context, image)) {
      const auto base = load_base(run.context, run.project, image, platform, run.archives.store());
      std::set<std::string> missing;
      for (const auto& path : edited_paths(image, base->files)) {
        const auto name = name_of_edited(image.name, platform, path);
        const auto found = known.edited.find(name);
        if (found != known.edited.end() && !update.moves_edited(name))
          to.emplace(name, found->second);
        else
          missing.insert(path);
      }
      const auto files = read_below(base->files, ImageLayers(*base), nullptr, missing, run.context.runtime.stop);
      for (const auto& [path, file] : files)
        to.insert_or_assign(name_of_edited(image.name, platform, path), oci::Digest::of(file.text));
    }
  }
}

void append(std::vector<layers::Entry> entries, std::vector<layers::Entry>& to) {
  if (to.empty())
    to = std::move(entries);
  else
    std::ranges::move(entries, std::back_inserter(to));
}

std::vector<layers::Entry> debian_entries(const PackageRun& run, const oci::LayerRecipe& recipe, const StepFacts& facts,
                                          const layers::BaseFiles& below) {
  const DebStep step{.deb = *recipe.deb, .layer = recipe.name, .facts = facts};
  return lapstrake::step(shown_step(*recipe.deb),
                         [&] { return deb_entries(run, step, locked_install(run, step), below); });
}

// The files of `pip:` and `npm:`.
std::vector<layers::Entry> language_entries(const PackageRun& run, const oci::LayerRecipe& recipe,
                                            const StepFacts& facts, const layers::BaseFiles& below,
                                            const layers::AccountTable& accounts) {
  std::vector<layers::Entry> out;
  for (const auto& pip : recipe.pips)
    lapstrake::step(shown_step(pip), [&] {
      auto entries = pip_entries(run, pip, facts, below, accounts.look_up(pip.owner, pip.where));
      append(std::move(entries), out);
    });
  for (const auto& npm : recipe.npms)
    lapstrake::step(shown_step(npm), [&] {
      auto entries = npm_entries(run, npm, facts, accounts.look_up(npm.owner, npm.where));
      append(std::move(entries), out);
    });
  warn_of_load_problems(run, out, facts, below, recipe.npms);
  return out;
}

void report(const PackageRun& run, const packages::LockedInstall& install) {
  std::uint64_t size = 0;
  for (const auto& file : install.files) size += file.size;
  run.context.report.progress(
      {.kind = Event::Kind::note,
       .text = cat("locked ", install.name, ": ", count_of(install.files.size(), "file"), ", ", human_size(size))});
}

// The entries of a new lock.
class NewInstalls {
 public:
  NewInstalls(const PackageRun& run, const packages::LockedPackages& known, const PackageUpdate& update)
      : run_(run), known_(known), update_(update), seen_(known), suites_(run, known) {}

  // The known entry if it is up to date.
  template <class Step>
  packages::LockedInstall entry(const std::string& name, const Step& step, const StepFacts& facts) {
    const auto found = known_.installs.find(name);
    const auto* known = found == known_.installs.end() ? nullptr : &found->second;
    if (known != nullptr && known->inputs == inputs_of(run_, step) && std::ranges::none_of(known->files, moves_))
      return *known;
    auto out = make(step, facts, known);
    if (known != nullptr) expect_same_files(out, *known, update_);
    report(run_, out);
    seen_.installs.insert_or_assign(name, out);
    return out;
  }

 private:
  packages::LockedInstall make(const oci::Pip& step, const StepFacts& facts, const packages::LockedInstall*) const {
    return lock_pip(run_, step, facts);
  }
  packages::LockedInstall make(const oci::Npm& step, const StepFacts& facts, const packages::LockedInstall*) const {
    return lock_npm(run_, step, facts, seen_);
  }
  packages::LockedInstall make(const DebStep& step, const StepFacts&, const packages::LockedInstall* known) {
    return lock_deb(run_, step, suites_, known, moves_);
  }

  const PackageRun& run_;
  const packages::LockedPackages& known_;
  const PackageUpdate& update_;
  std::function<bool(const packages::LockedFile&)> moves_ = [this](const auto& file) { return update_.moves(file); };
  packages::LockedPackages seen_;  // another platform mostly needs the same tarballs
  DebSuites suites_;
};

}  // namespace

bool has_packages(const spec::Image& image) { return installs_packages(image); }

bool has_locked_steps(const spec::Image& image) {
  return has_packages(image) || std::ranges::any_of(image.layers, [](const auto& layer) {
           return !layer.fetches.empty() || !layer.edits.empty();
         });
}

std::vector<layers::Entry> package_entries(const PackageRun& run, const oci::LayerRecipe& recipe,
                                           const StepFacts& facts, const layers::BaseFiles& below,
                                           const oci::Accounts& accounts, layers::BaseFiles& known_files) {
  std::vector<layers::Entry> out;
  if (recipe.deb) {
    out = debian_entries(run, recipe, facts, below);
    known_files.add_layer(out);
  }
  if (recipe.pips.empty() && recipe.npms.empty()) return out;
  if (!recipe.deb) {
    append(language_entries(run, recipe, facts, below, layers::AccountTable(accounts, below)), out);
    return out;
  }
  auto with_packages = below;
  with_packages.add_layer(out);
  append(language_entries(run, recipe, facts, with_packages, layers::AccountTable(accounts, with_packages)), out);
  return out;
}

std::vector<std::string> program_folders(const spec::Image& image) {
  std::vector<std::string> out;
  for (const auto& layer : image.layers)
    for (const auto& pip : layer.pips)
      if (pip.into != "system") out.push_back(cat(pip.into, pip.into.ends_with('/') ? "bin" : "/bin"));
  return out;
}

bool PackageUpdate::moves(const packages::LockedFile& file) const {
  return is_wanted &&
         (names.empty() || std::ranges::any_of(names, [&](const auto& name) { return is_named(file, name); }));
}

bool PackageUpdate::moves_edited(const std::string& name) const {
  return is_wanted && (names.empty() ||
                       std::ranges::any_of(names, [&](const auto& path) { return name.ends_with(cat(" ", path)); }));
}

std::string name_of_edited(const std::string& image, const oci::Platform& platform, const std::string& path) {
  return cat(image, " ", platform.text(), " /", path);
}

void expect_unchanged(const Context& context, const std::string& name, std::string_view text) {
  const auto path = name.substr(name.rfind(" /") + 1);
  const auto& edited = context.run->packages.edited;
  const auto found = edited.find(name);
  if (found == edited.end() && context.bases.locked)
    throw Error(ErrorKind::usage, cat("`", lock_file_name, "` has no entry for the edited file `", path, "`"),
                "run `lapstrake lock`");
  const auto now = oci::Digest::of(text);
  if (found == edited.end() || found->second == now) return;
  throw Error(ErrorKind::integrity, cat("`", path, "` of the base is not the file that `", lock_file_name, "` has"),
              cat("check whether the edit still fits, then run `lapstrake lock --update ", path, "`"))
      .because(cat("locked: ", found->second.text(), ", now: ", now.text()));
}

bool has_package(const packages::LockedPackages& locked, const std::string& name) {
  if (std::ranges::any_of(locked.edited, [&](const auto& one) { return one.first.ends_with(cat(" ", name)); }))
    return true;
  const auto is_it = [&](const packages::LockedFile& file) { return is_named(file, name); };
  return locked.fetched.contains(name) || std::ranges::any_of(locked.installs, [&](const auto& install) {
           return std::ranges::any_of(install.second.files, is_it);
         });
}

packages::LockedPackages lock_packages(const PackageRun& run, const packages::LockedPackages& known,
                                       const PackageUpdate& update) {
  packages::LockedPackages out;
  NewInstalls installs(run, known, update);
  for_each_step(run, [&](const auto& step, const StepFacts& facts) -> const packages::LockedInstall& {
    const auto name = name_of(step, facts);
    if (const auto done = out.installs.find(name); done != out.installs.end()) return done->second;
    return out.installs.emplace(name, installs.entry(name, step, facts)).first->second;
  });
  for_each_fetch(run, [&](const oci::Fetch& fetch, const oci::Platform& platform) {
    if (digest_in_spec(fetch, platform) || out.fetched.contains(fetch.url)) return;
    if (!http::parse_url(fetch.url).query.empty())
      throw Error(
          ErrorKind::usage,
          cat(shown_step(fetch), " has a query, which may be a secret and is not written to `", lock_file_name, "`"),
          "add `sha256:` to the step");
    const auto found = known.fetched.find(fetch.url);
    const bool fits = found != known.fetched.end() && !update.moves(found->second);
    out.fetched.emplace(fetch.url, fits ? found->second : downloaded(run, fetch, std::nullopt));
  });
  lock_edited(run, known, update, out.edited);
  return out;
}

oci::Digest digest_of(const oci::Fetch& fetch, const oci::Platform& platform, const packages::LockedPackages& locked) {
  if (auto digest = digest_in_spec(fetch, platform)) return *std::move(digest);
  if (const auto found = locked.fetched.find(fetch.url); found != locked.fetched.end()) return found->second.digest;
  throw Error(ErrorKind::usage, cat("the sha256 of ", shown_step(fetch), " is unknown"),
              "run `lapstrake lock` to record it, or add `sha256:` to the step");
}

void take_packages(const PackageRun& run, const std::function<void(const packages::LockedFile&)>& each) {
  std::set<oci::Digest> seen;
  for_each_step(run, [&](const auto& step, const StepFacts& facts) -> const packages::LockedInstall& {
    const auto& install = locked_entry(run, step, facts);
    take_files(run, step, install);
    for (const auto& file : install.files)
      if (seen.insert(file.digest).second) each(file);
    return install;
  });
  for_each_fetch(run, [&](const oci::Fetch& fetch, const oci::Platform& platform) {
    const auto digest = digest_of(fetch, platform, run.context.run->packages);
    if (seen.insert(digest).second) each(downloaded(run, fetch, digest));
  });
}

}  // namespace lapstrake::app
