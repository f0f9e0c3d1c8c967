#include <algorithm>
#include <array>
#include <charconv>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/effects.hpp>
#include <lapstrake/packages/deb/scripts.hpp>
#include <set>

#include "effect_steps.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::uint32_t first_id = 100, last_id = 999;  // of system accounts that are created on demand (Policy 9.2)

// The order in which effects apply, whatever the order of packages.
constexpr std::array<std::string_view, 18> verbs{"alias",           "passwd-from-master", "group",       "user",
                                                 "member",          "directory",          "file",        "copy",
                                                 "symlink",         "link-all",           "remove-link", "attributes",
                                                 "shell",           "alternative",        "php-modules", "shadow",
                                                 "ca-certificates", "java-cacerts"};

struct PackageEffect {
  std::string package;
  Effect effect;
};

std::size_t rank_of(const PackageEffect& one) {
  return static_cast<std::size_t>(std::ranges::find(verbs, one.effect.verb) - verbs.begin());
}

std::vector<PackageEffect> effects_in_order(const std::vector<Deb>& packages, const EffectTable& table) {
  std::vector<PackageEffect> out;
  for (const auto& deb : packages)
    for (auto& effect : all_effects(deb, table)) out.push_back({.package = deb.name, .effect = std::move(effect)});
  std::ranges::stable_sort(out, {}, [](const PackageEffect& one) { return std::pair(rank_of(one), one.package); });
  return out;
}

std::string word(const Effect& effect, std::size_t at) {
  return at < effect.words.size() ? effect.words[at] : std::string();
}

std::string rest_of(const Effect& effect, std::size_t from) {
  if (from >= effect.words.size()) return {};
  return join({effect.words.begin() + static_cast<std::ptrdiff_t>(from), effect.words.end()}, " ");
}

// `group` and `user` effects, and sysusers.d.
std::vector<WantedAccount> wanted_accounts(const Root& root, const std::vector<PackageEffect>& effects) {
  using Kind = WantedAccount::Kind;
  std::vector<WantedAccount> out;
  for (const auto& [package, effect] : effects) {
    if (effect.verb == "group") out.push_back({.kind = Kind::group, .name = word(effect, 0), .id = word(effect, 1)});
    if (effect.verb == "user")
      out.push_back({.kind = Kind::user,
                     .name = word(effect, 0),
                     .id = word(effect, 1),
                     .group = word(effect, 2),
                     .home = word(effect, 3),
                     .shell = word(effect, 4),
                     .comment = rest_of(effect, 5)});
    if (effect.verb == "member")
      out.push_back({.kind = Kind::member, .name = word(effect, 0), .group = word(effect, 1)});
  }
  std::ranges::move(sysusers(root), std::back_inserter(out));
  return out;
}

std::string group_key(std::string_view name) { return cat("group ", name); }

std::uint32_t id_in(std::string_view text) {
  std::uint32_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

class Allocation {
 public:
  Allocation(const AccountFiles& files, const Accounts& known)
      : files_(files), known_(known), uids_(files.uids()), gids_(files.gids()) {}

  Accounts run(const std::vector<WantedAccount>& wanted) {
    for (const auto& one : wanted) {
      const bool is_user = one.kind == WantedAccount::Kind::user;
      if (one.kind == WantedAccount::Kind::member) continue;
      if (is_number(one.id)) (is_user ? uids_ : gids_).insert(id_in(one.id));
      if (one.id != "auto" || (is_user ? files_.user(one.name).has_value() : files_.group(one.name).has_value()))
        continue;
      (is_user ? users_ : groups_).insert(one.name);
      names_.insert(one.name);
    }
    for (const auto& name : names_) keep(name);
    for (const auto& name : names_) allocate(name);
    return std::move(out_);
  }

 private:
  // The numbers of the lock, where nobody else has them.
  void keep(const std::string& name) {
    const auto take = [&](const std::string& key, bool is_user) {
      const auto found = known_.find(key);
      if (found == known_.end()) return;
      const auto ids = found->second;
      if (is_user && !uids_.contains(ids.uid)) out_[key].uid = ids.uid, uids_.insert(ids.uid), kept_.insert(key);
      if (!gids_.contains(ids.gid)) out_[key].gid = ids.gid, gids_.insert(ids.gid), kept_.insert(group_key(key));
    };
    if (users_.contains(name)) take(name, true);
    if (groups_.contains(name) && !users_.contains(name)) take(group_key(name), false);
  }

  void allocate(const std::string& name) {
    const bool is_user = users_.contains(name);
    const auto key = is_user ? name : group_key(name);
    if (kept_.contains(key) || (!is_user && kept_.contains(group_key(key)))) return;
    for (auto id = first_id; id <= last_id; ++id) {
      if ((is_user && uids_.contains(id)) || gids_.contains(id)) continue;
      out_[key] = {.uid = id, .gid = id};
      if (is_user) uids_.insert(id);
      gids_.insert(id);
      return;
    }
    throw Error(ErrorKind::usage, cat("no number is left for the account `", name, "`"),
                "give it one under `users:` of the image");
  }

  const AccountFiles& files_;
  const Accounts& known_;
  std::set<std::uint32_t> uids_, gids_;
  std::set<std::string> users_, groups_, names_, kept_;
  Accounts out_;
};

class Application {
 public:
  Application(Root& root, const std::vector<Deb>& packages, const EffectTable& table, const Accounts& accounts)
      : root_(root), accounts_(accounts), effects_(effects_in_order(packages, table)), files_(root) {
    has_dpkg_ = std::ranges::find(packages, "dpkg", &Deb::name) != packages.end();
  }

  std::vector<std::string> run() {
    for (const auto& account : wanted_accounts(root_, effects_)) add(account);
    files_.write(root_);
    std::vector<Effect> alternatives;
    for (const auto& [package, effect] : effects_) {
      if (effect.verb == "alternative")
        alternatives.push_back(effect);
      else
        apply(package, effect);
    }
    apply_tmpfiles(root_, files_, notes_);
    apply_alternatives(root_, alternatives, has_dpkg_);
    return std::move(notes_);
  }

 private:
  void add(const WantedAccount& account) {
    using Kind = WantedAccount::Kind;
    if (account.kind == Kind::member) {
      files_.add_member(account.name, account.group);
      return;
    }
    const auto own = accounts_.find(account.name);
    if (account.kind == Kind::group) {
      const auto listed = accounts_.find(group_key(account.name));
      if (is_number(account.id))
        files_.add_group(account.name, id_in(account.id));
      else if (listed != accounts_.end() || own != accounts_.end())
        files_.add_group(account.name, (listed != accounts_.end() ? listed : own)->second.gid);
      return;
    }
    add_user(account, own == accounts_.end() ? Ids() : own->second);
  }

  void add_user(const WantedAccount& account, Ids allocated) {
    if (files_.user(account.name)) return;
    auto ids = allocated;
    if (is_number(account.id)) ids.uid = id_in(account.id);
    if (!is_number(account.id) && !accounts_.contains(account.name)) {
      notes_.push_back(cat("the lock has no number for the user `", account.name, "`: run `lapstrake lock`"));
      return;
    }
    const auto group = is_number(account.group) ? std::optional(id_in(account.group)) : files_.group(account.group);
    if (!group) files_.add_group(account.group, ids.gid);
    ids.gid = group.value_or(ids.gid);
    files_.add_user(account.name, ids, account.home, account.shell, account.comment);
  }

  Root::Attributes attributes(const std::string& package, const std::string& mode, const std::string& owner) {
    const auto ids = files_.owner(owner);
    if (!ids) notes_.push_back(cat("package ", package, " gives a file to `", owner, "`, which the image lacks"));
    std::uint32_t number = 0;
    std::from_chars(mode.data(), mode.data() + mode.size(), number, 8);
    return {.mode = number, .uid = ids ? ids->uid : 0, .gid = ids ? ids->gid : 0};
  }

  static std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\' || i + 1 == text.size()) {
        out += text[i];
        continue;
      }
      const char c = text[++i];
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
    return out;
  }

  void apply(const std::string& package, const Effect& effect) {
    const auto path = relative_path(word(effect, 0));
    const auto origin = cat("package ", package);
    if (effect.verb == "directory" && !root_.exists(path))
      root_.put_directory(path, attributes(package, word(effect, 1), word(effect, 2)), origin);
    if (effect.verb == "file" && !root_.exists(path))
      root_.put_file(path, unescaped(rest_of(effect, 3)), attributes(package, word(effect, 1), word(effect, 2)),
                     origin);
    if (effect.verb == "copy" && !root_.exists(relative_path(word(effect, 1))))
      root_.copy(path, relative_path(word(effect, 1)), origin);
    if (effect.verb == "symlink" && !root_.exists(path)) root_.put_symlink(path, word(effect, 1), origin);
    if (effect.verb == "attributes") set_attributes(package, effect, path);
    if (effect.verb == "link-all") link_all(effect, origin);
    if (effect.verb == "remove-link" && root_.link_target(path)) root_.remove(path);
    if (effect.verb == "shell") add_shell(word(effect, 0));
    if (effect.verb == "shadow") add_shadow();
    if (effect.verb == "php-modules") apply_php_modules(root_);
    if (effect.verb == "ca-certificates") apply_ca_certificates(root_);
    if (effect.verb == "java-cacerts") apply_java_cacerts(root_, path);
  }

  void set_attributes(const std::string& package, const Effect& effect, const std::string& path) {
    const auto* entry = root_.find(path);
    if (entry == nullptr) return;
    Root::Attributes all{.mode = entry->mode, .uid = entry->uid, .gid = entry->gid};
    const auto owner = word(effect, 2);
    const auto wanted = attributes(package, word(effect, 1),
                                   owner == "-"             ? "0:0"
                                   : owner.starts_with(':') ? cat("0", owner)
                                                            : owner);
    if (word(effect, 1) != "-") all.mode = wanted.mode;
    if (owner != "-" && !owner.starts_with(':')) all.uid = wanted.uid;
    if (owner.find(':') != owner.npos) all.gid = wanted.gid;
    root_.set_attributes(path, all);
  }

  // FOLDER TO-FOLDER GLOB...
  void link_all(const Effect& effect, const std::string& origin) {
    const auto from = relative_path(word(effect, 0)), to = relative_path(word(effect, 1));
    for (const auto& name : root_.names_in(from))
      for (std::size_t i = 2; i < effect.words.size(); ++i)
        if (const auto link = joined(to, name); Pattern(effect.words[i]).matches(name) && !root_.exists(link))
          root_.put_symlink(link, relative_target(from, to, name), origin);
  }

  // "../mods-available/dir.load": from etc/apache2/mods-enabled to etc/apache2/mods-available.
  static std::string relative_target(std::string_view from, std::string_view to, const std::string& name) {
    while (!from.empty() && from.substr(0, from.find('/')) == to.substr(0, to.find('/'))) {
      from.remove_prefix(std::min(from.find('/'), from.size() - 1) + 1);
      to.remove_prefix(std::min(to.find('/'), to.size() - 1) + 1);
    }
    std::string up;
    for_each_part(to, [&](std::string_view) { return up += "../", true; });
    return cat(up, joined(from, name));
  }

  void add_shell(const std::string& path) {
    auto text = root_.text("etc/shells").value_or("# /etc/shells: valid login shells\n");
    const auto lines = split(text, '\n');
    if (std::ranges::find(lines, path) != lines.end()) return;
    if (!text.ends_with('\n')) text += '\n';
    root_.put_file("etc/shells", cat(text, path, "\n"), {}, "shells");
  }

  // shadowconfig(8): an entry without a password for each account, changed at no known time.
  void add_shadow() {
    const auto add = [&](std::string_view of, std::string_view to, std::string_view fields) {
      auto text = root_.text(to).value_or("");
      const auto accounts = root_.text(of).value_or("");
      for (const auto& line : split(accounts, '\n'))
        if (const auto name = line.substr(0, line.find(':'));
            !name.empty() && cat("\n", text).find(cat("\n", name, ":")) == text.npos)
          text += cat(name, fields, "\n");
      root_.put_file(to, std::move(text), {.mode = 0640, .uid = 0, .gid = files_.group("shadow").value_or(0)},
                     "shadow");
    };
    add("etc/passwd", "etc/shadow", ":*:0:0:99999:7:::");
    add("etc/group", "etc/gshadow", ":*::");
  }

  Root& root_;
  const Accounts& accounts_;
  std::vector<PackageEffect> effects_;
  AccountFiles files_;
  bool has_dpkg_ = false;
  std::vector<std::string> notes_;
};

}  // namespace

Accounts allocate(const Root& root, const std::vector<Deb>& packages, const EffectTable& table, const Accounts& known) {
  const AccountFiles files(root);
  return Allocation(files, known).run(wanted_accounts(root, effects_in_order(packages, table)));
}

std::vector<std::string> apply_effects(Root& root, const std::vector<Deb>& packages, const EffectTable& table,
                                       const Accounts& accounts) {
  return Application(root, packages, table, accounts).run();
}

}  // namespace lapstrake::packages::deb
