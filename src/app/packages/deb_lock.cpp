// `lapstrake lock` for a `deb:` step.
#include <algorithm>
#include <lapstrake/app/packages/deb_step.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/database.hpp>
#include <lapstrake/packages/deb/effects.hpp>
#include <lapstrake/packages/deb/install.hpp>
#include <lapstrake/packages/deb/resolver.hpp>
#include <lapstrake/packages/deb/scripts.hpp>
#include <lapstrake/packages/deb/version.hpp>
#include <set>

#include "deb_files.hpp"

namespace lapstrake::app {
namespace {

namespace deb = packages::deb;

// Without them programs find no user names and no name services: what every Debian image has at least.
constexpr std::array minimal_base{"base-files", "base-passwd", "libc-bin"};

class DebLocking {
 public:
  DebLocking(const PackageRun& run, const DebStep& step, DebSuites& suites, const packages::LockedInstall* known,
             const std::function<bool(const packages::LockedFile&)>& moves)
      : run_(run), step_(step), suites_(suites), known_(known), moves_(moves), files_(run, step) {}

  packages::LockedInstall run() {
    read_suites();
    add_requests();
    const auto chosen = resolve();
    packages::LockedInstall out{.name = install_name(step_), .inputs = inputs_of(run_, step_), .files = {}};
    for (const auto& package : chosen) out.files.push_back(file_of(package));
    std::ranges::sort(out.files, {}, &packages::LockedFile::name);
    review(out);
    for (const auto* suite : used_) out.suites.emplace(suite->source.name, suite->locked);
    out.policy = cat(deb::resolver_policy, ", effects ", deb::EffectTable::built_in().version());
    return out;
  }

 private:
  void read_suites() {
    const auto architecture = architecture_of(step_.facts);
    for (const auto& source : deb_sources(run_.project, run_.context.runtime.environment, step_.deb, architecture)) {
      used_.push_back(&suites_.suite(source, architecture));
      for (const auto& index : used_.back()->indexes) indexes_.push_back(index.get());
    }
  }

  void add_requests() {
    if (is_minimal())
      for (const auto* name : minimal_base) requests_.push_back({.name = name});
    std::string stanzas;
    for (const auto& text : step_.deb.install)
      if (is_local_deb(text))
        stanzas += cat(stanza_of(text), "\n");
      else
        requests_.push_back(deb::parse_request(text));
    if (stanzas.empty()) return;
    local_.emplace("", std::move(stanzas), "the .deb files of the project");
    indexes_.push_back(&*local_);
  }

  bool is_minimal() const {
    if (step_.deb.base == oci::Deb::Base::automatic) return deb::installed_packages(step_.facts.base).empty();
    return step_.deb.base == oci::Deb::Base::minimal;
  }

  // As a Packages file has it.
  std::string stanza_of(const std::string& text) {
    const auto path = local_path(text);
    const auto blob = copy_to_store(run_, path, {});
    const auto what = cat("`", path, "`");
    const auto control = deb::control_of(file_source(run_.archives.store().blob_path(blob.digest)), what,
                                         {.packed_bytes = blob.size, .stop = run_.context.runtime.stop});
    const auto stanza = deb::single_stanza(control, what);
    requests_.push_back({.name = std::string(stanza.value("Package")),
                         .relation = "=",
                         .version = std::string(stanza.value("Version"))});
    return cat(trim(stanza.text()), "\nFilename: ", path, "\nSize: ", blob.size, "\nSHA256: ", blob.digest.hex(), "\n");
  }

  std::vector<deb::ChosenPackage> resolve() const {
    deb::ResolveOptions options{.architecture = architecture_of(step_.facts),
                                .recommends = step_.deb.recommends,
                                .essential = step_.deb.base == oci::Deb::Base::essential,
                                .prefer = step_.deb.prefer,
                                .exclude = step_.deb.exclude};
    if (known_ != nullptr)
      for (const auto& file : known_->files)
        if (!moves_(file)) options.keep.emplace(file.package, file.version);
    return deb::resolve(indexes_, deb::installed_packages(step_.facts.base), requests_, options);
  }

  static packages::LockedFile file_of(const deb::ChosenPackage& chosen) {
    const auto& package = chosen.package;
    const auto& suite = chosen.index->suite();
    return {.name = deb::file_name(package.name, package.version, package.architecture),
            .package = package.name,
            .version = package.version,
            .digest = package.digest,
            .size = package.size,
            .url = suite.empty() ? cat(local_prefix, package.path) : "",
            .architecture = package.architecture,
            .suite = suite,
            .path = suite.empty() ? "" : package.path,
            .why = chosen.why};
  }

  // Every package is unpacked: only its scripts say whether it works without them.
  void review(packages::LockedInstall& install) const {
    const auto& table = deb::EffectTable::built_in();
    const auto debs = files_.unpacked(install.files);
    const std::set<std::string> accepted(step_.deb.accepted.begin(), step_.deb.accepted.end());
    std::vector<std::pair<deb::Deb, deb::ScriptReview>> reviews;
    for (std::size_t i = 0; i < debs.size(); ++i) {
      reviews.emplace_back(debs[i], deb::review(debs[i], table, accepted));
      install.files[i].note = reviews.back().second.note();
    }
    deb::expect_known(reviews);
    warn_of_changed(reviews);
    const auto docs = step_.deb.docs ? deb::Docs::keep : deb::Docs::drop;
    deb::Root root(step_.facts.base);
    for (const auto& one : debs) root.add(one, docs);
    const auto accounts = deb::allocate(root, debs, table, known_accounts());
    for (const auto& [name, ids] : accounts) install.accounts.emplace(name, cat(ids.uid, ":", ids.gid));
    // Its notes are reported now, and not at each build.
    const auto files = deb::install(debs, step_.facts.base, table, {.docs = docs, .accounts = accounts});
    for (const auto& note : files.notes)
      run_.context.report.progress({.kind = Event::Kind::note, .image = step_.facts.image, .text = note});
  }

  deb::Accounts known_accounts() const { return known_ == nullptr ? deb::Accounts() : accounts_of(*known_); }

  void warn_of_changed(const std::vector<std::pair<deb::Deb, deb::ScriptReview>>& reviews) const {
    std::vector<std::string> names;
    for (const auto& [one, review] : reviews)
      if (review.kind == deb::ScriptReview::Kind::changed) names.push_back(one.name);
    if (names.empty()) return;
    run_.context.report.progress(
        {.kind = Event::Kind::warning,
         .image = step_.facts.image,
         .text = cat("the maintainer scripts of ", join(names, ", "),
                     " differ from those that lapstrake knows; compare them with `lapstrake explain ", names.front(),
                     "`")});
  }

  const PackageRun& run_;
  const DebStep& step_;
  DebSuites& suites_;
  const packages::LockedInstall* known_;
  const std::function<bool(const packages::LockedFile&)>& moves_;
  DebFiles files_;
  std::vector<const DebSuite*> used_;
  std::vector<const deb::PackageIndex*> indexes_;
  std::optional<deb::PackageIndex> local_;
  std::vector<deb::Request> requests_;
};

}  // namespace

packages::LockedInstall lock_deb(const PackageRun& run, const DebStep& step, DebSuites& suites,
                                 const packages::LockedInstall* known,
                                 const std::function<bool(const packages::LockedFile&)>& moves) {
  return lapstrake::step(cat("locking `", install_name(step), "`"),
                         [&] { return DebLocking(run, step, suites, known, moves).run(); });
}

}  // namespace lapstrake::app
