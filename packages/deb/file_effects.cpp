#include "file_effects.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>

#include "effect_paths.hpp"

namespace lapstrake::packages::deb {
namespace {

class FileEffects {
 public:
  FileEffects(Root& root, const AccountFiles& accounts, std::vector<std::string>& notes)
      : root_(root), accounts_(accounts), notes_(notes) {}

  void apply(const PackageEffect& one) {
    struct Action {
      std::string_view verb;
      void (FileEffects::*apply)(const PackageEffect&, const std::string& path);
    };
    static constexpr std::array actions{Action{"alias", &FileEffects::alias},
                                        Action{"directory", &FileEffects::directory},
                                        Action{"file", &FileEffects::file},
                                        Action{"copy", &FileEffects::copy},
                                        Action{"concatenate", &FileEffects::concatenate},
                                        Action{"symlink", &FileEffects::symlink},
                                        Action{"link-all", &FileEffects::link_all},
                                        Action{"remove-link", &FileEffects::remove_link},
                                        Action{"attributes", &FileEffects::attributes}};
    const auto found = std::ranges::find(actions, one.effect.verb, &Action::verb);
    if (found == actions.end()) return;
    if (const auto path = root_path(one.word(0)); !path.empty()) (this->*found->apply)(one, path);
  }

 private:
  // A link that is there already stays, and a folder of the layers below.
  void alias(const PackageEffect& one, const std::string& path) {
    if (root_.link_target(path) || (root_.exists(path) && root_.find(path) == nullptr)) return;
    const auto inside = root_.paths_below(path);
    copy_inside(path, root_path(one.word(1)), one.origin());
    for (const auto& each : inside) root_.remove(each);
    root_.remove(path);
    root_.put_symlink(path, one.word(1), one.origin());
  }

  void copy_inside(const std::string& from, const std::string& to, const std::string& origin) {
    for (const auto& name : root_.names_in(from))
      if (!root_.exists(joined(to, name))) copy_tree(root_, joined(from, name), joined(to, name), origin);
  }

  void directory(const PackageEffect& one, const std::string& path) {
    if (!root_.exists(path)) root_.put_directory(path, attributes_of(one, path), one.origin());
  }

  void file(const PackageEffect& one, const std::string& path) {
    if (!root_.exists(path))
      root_.put_file(path, unescaped_text(one.text_from(3)), attributes_of(one, path), one.origin());
  }

  void copy(const PackageEffect& one, const std::string& path) {
    const auto to = root_path(one.word(1));
    if (!to.empty() && !root_.exists(to)) copy_tree(root_, path, to, one.origin());
  }

  // PATH FOLDER GLOB
  void concatenate(const PackageEffect& one, const std::string& path) {
    const auto folder = root_path(one.word(1));
    const Pattern glob(one.word(2));
    std::string text;
    for (const auto& name : root_.names_in(folder))
      if (glob.matches(name)) text += root_.text(joined(folder, name)).value_or("");
    if (!text.empty()) root_.put_file(path, std::move(text), {}, one.origin());
  }

  void symlink(const PackageEffect& one, const std::string& path) {
    if (!root_.exists(path)) root_.put_symlink(path, one.word(1), one.origin());
  }

  // FOLDER TO-FOLDER GLOB...
  void link_all(const PackageEffect& one, const std::string& from) {
    const auto to = root_path(one.word(1));
    for (std::size_t i = 2; i < one.effect.words.size(); ++i) {
      const Pattern glob(one.word(i));
      for (const auto& name : root_.names_in(from))
        if (const auto link = joined(to, name); glob.matches(name) && !root_.exists(link))
          root_.put_symlink(link, relative_target(to, joined(from, name)), one.origin());
    }
  }

  void remove_link(const PackageEffect&, const std::string& path) {
    const auto* entry = root_.find(path);
    if (entry != nullptr && entry->kind == layers::Kind::symlink) root_.remove(path);
  }

  // "-" keeps the mode or the owner; "root" changes the user only, ":adm" the group only.
  void attributes(const PackageEffect& one, const std::string& link) {
    const auto path = followed(root_, link);
    const auto* entry = root_.find(path);
    if (entry == nullptr) return;
    Root::Attributes all{.mode = entry->mode, .uid = entry->uid, .gid = entry->gid};
    if (one.word(1) != "-") all.mode = mode_of(one.word(1)).value_or(all.mode);
    const auto& owner = one.word(2);
    const auto ids = owner == "-" ? std::nullopt : owner_of(one, owner, path);
    if (ids && !owner.starts_with(':')) all.uid = ids->uid;
    if (ids && owner.find(':') != owner.npos) all.gid = ids->gid;
    root_.set_attributes(path, all);
  }

  std::optional<Ids> owner_of(const PackageEffect& one, const std::string& owner, const std::string& path) {
    const auto ids = accounts_.owner(owner);
    if (!ids)
      notes_.push_back(cat("`/", printable(path, 400), "` keeps its owner: the image lacks `", printable(owner, 100),
                           "`, which the package `", one.package, "` uses"));
    return ids;
  }

  // PATH MODE OWNER
  Root::Attributes attributes_of(const PackageEffect& one, const std::string& path) {
    const auto ids = owner_of(one, one.word(2), path).value_or(Ids());
    return {.mode = mode_of(one.word(1)).value_or(0755), .uid = ids.uid, .gid = ids.gid};
  }

  Root& root_;
  const AccountFiles& accounts_;
  std::vector<std::string>& notes_;
};

}  // namespace

void apply_file_effects(Root& root, const std::vector<PackageEffect>& effects, const AccountFiles& accounts,
                        std::vector<std::string>& notes) {
  FileEffects all(root, accounts, notes);
  for (const auto& one : effects)
    step(cat("applying the effects of the package `", one.package, "`"), [&] { all.apply(one); });
}

}  // namespace lapstrake::packages::deb
