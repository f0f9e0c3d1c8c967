#include <algorithm>
#include <array>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/scripts.hpp>

#include "script_commands.hpp"
#include "script_walk.hpp"
#include "shell_lexer.hpp"
#include "shell_lines.hpp"
#include "shell_reduction.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::array script_names{"preinst", "config", "postinst"};

bool is_shell_script(std::string_view script) {
  if (!script.starts_with("#!")) return false;
  const auto line = trim(script.substr(2, script.find('\n') - 2));
  const auto interpreter = line.substr(0, line.find(' '));
  return interpreter == "/bin/sh" || interpreter == "/bin/bash" || interpreter == "/bin/dash" ||
         interpreter == "/usr/bin/sh" || interpreter == "/usr/bin/bash";
}

// A script that cannot be read counts as one line: its digest.
ScriptLine whole_script(std::string_view script, std::string_view name, std::string_view why) {
  return {.script = std::string(name), .number = 1, .text = cat(why, ", SHA-256 ", hex(sha256(as_bytes(script))))};
}

// How dpkg calls the script when the package is new (deb-postinst(5)). A trigger has names of triggers in "$2".
shell::ShellValues values_for(std::string_view name, bool triggered) {
  shell::ShellValues out{{"DPKG_ROOT", ""}, {"1", name == "preinst" ? "install" : "configure"}, {"2", ""}};
  if (triggered) {
    out["1"] = "triggered";
    out.erase("2");
    return out;
  }
  // dpkg has no earlier version for a preinst, and an empty one for a postinst.
  out["#"] = name == "preinst" ? "1" : "2";
  for (const char* other : {"3", "4", "5", "6", "7", "8", "9"}) out[other] = "";
  return out;
}

shell::Shipped shipped_by(const Deb& deb, std::string_view path) {
  if (!deb.archive || !path.starts_with('/')) return shell::Shipped::unknown;
  const auto* member = deb.archive->find(cat(data_folder, path));
  if (member == nullptr) return shell::Shipped::unknown;
  switch (member->kind) {
    case layers::Kind::directory: return shell::Shipped::folder;
    case layers::Kind::symlink: return shell::Shipped::link;
    default: return (member->mode & 0111) != 0 ? shell::Shipped::program : shell::Shipped::file;
  }
}

struct ReadScript {
  std::vector<ScriptLine> lines = {};
  std::vector<std::string> commands = {};
  std::vector<Effect> effects = {};
};

ReadScript read_script(std::string_view script, std::string_view name, const shell::ScriptFacts& facts) {
  if (script.empty()) return {};
  if (!is_shell_script(script)) return {.lines = {whole_script(script, name, "not a shell script")}};
  if (script.size() > limits::script_bytes) return {.lines = {whole_script(script, name, "too large")}};
  try {
    auto walked = shell::walk_script(shell::parse_shell(script), facts);
    const auto rest = shell::reduced(walked.rest);
    ReadScript out{.commands = shell::acting_commands(rest), .effects = std::move(walked.effects)};
    for (auto& line : shell::lines_of_shell(rest))
      out.lines.push_back({.script = std::string(name), .number = line.line, .text = std::move(line.text)});
    return out;
  } catch (const shell::UnknownSyntax& syntax) {
    auto line = whole_script(script, name, "unsupported shell syntax");
    line.number = syntax.line;
    return {.lines = {std::move(line)}};
  }
}

ReadScript read_script(const Deb& deb, std::string_view name, bool triggered) {
  shell::ScriptFacts facts{.values = values_for(name, triggered), .certain = !triggered};
  facts.values["DPKG_MAINTSCRIPT_PACKAGE"] = deb.name;
  if (deb.architecture != "all") facts.values["DPKG_MAINTSCRIPT_ARCH"] = deb.architecture;
  if (name == "postinst") facts.shipped = [&deb](std::string_view path) { return shipped_by(deb, path); };
  return read_script(deb.control(name), name, facts);
}

bool has_interest(const Deb& deb) {
  const auto triggers = deb.control("triggers");
  return std::ranges::any_of(lines_of(triggers), [](auto line) { return line.starts_with("interest"); });
}

// Of all scripts that run.
std::vector<ReadScript> read_scripts(const Deb& deb) {
  std::vector<ReadScript> out;
  for (const std::string_view name : script_names) out.push_back(read_script(deb, name, false));
  if (has_interest(deb)) out.push_back(read_script(deb, "postinst", true));
  return out;
}

std::string hash_of(const std::vector<ReadScript>& scripts) {
  Sha256 hash;
  for (const auto& script : scripts)
    for (const auto& line : script.lines) hash.write(as_bytes(cat(line.script, ": ", line.text, "\n")));
  return hex(hash.finish());
}

// GNU triplets of Debian's ports (dpkg-architecture(1), DEB_HOST_MULTIARCH).
std::string multiarch_folder(std::string_view architecture) {
  static constexpr std::array known{
      std::pair{"amd64", "x86_64-linux-gnu"},        std::pair{"arm64", "aarch64-linux-gnu"},
      std::pair{"armhf", "arm-linux-gnueabihf"},     std::pair{"armel", "arm-linux-gnueabi"},
      std::pair{"ppc64el", "powerpc64le-linux-gnu"}, std::pair{"mips64el", "mips64el-linux-gnuabi64"}};
  for (const auto& [name, folder] : known)
    if (architecture == name) return folder;
  return cat(architecture, "-linux-gnu");
}

std::string refusal_of(const PackageEffects* known) {
  if (known == nullptr) return {};
  const auto found = std::ranges::find(known->effects, "refuse", &Effect::verb);
  return found == known->effects.end() || found->words.empty() ? std::string() : found->words[0];
}

bool has_scripts(const Deb& deb) {
  return std::ranges::any_of(script_names, [&](const char* name) { return !deb.control(name).empty(); });
}

ScriptReview::Kind kind_of(const std::string& hash, const PackageEffects* known) {
  if (known == nullptr) return ScriptReview::Kind::unknown;
  const bool is_modelled =
      std::ranges::any_of(known->hashes, [&](const auto& start) { return hash.starts_with(start); });
  return is_modelled ? ScriptReview::Kind::modelled : ScriptReview::Kind::changed;
}

// "`iproute2` 6.1.0-3: sets file capabilities (setcap)" and its first lines, or the reason of the table.
std::string in_words(const Deb& deb, const ScriptReview& review) {
  constexpr std::size_t most = 8;
  const auto name = cat("`", printable(deb.name, 100), "` ", printable(deb.version, 100));
  if (!review.refusal.empty()) return cat(name, ": ", review.refusal);
  std::vector<std::string> out{review.actions.empty() ? name : cat(name, ": ", join(review.actions, ", "))};
  for (std::size_t i = 0; i < std::min(review.rest.size(), most); ++i)
    out.push_back(
        cat("  ", review.rest[i].script, " line ", review.rest[i].number, ": ", printable(review.rest[i].text, 160)));
  if (review.rest.size() > most) out.push_back(cat("  and ", count_of(review.rest.size() - most, "more line")));
  return join(out, "\n");
}

}  // namespace

std::vector<ScriptLine> residue(std::string_view script, std::string_view name) {
  return read_script(script, name, shell::ScriptFacts{.values = values_for(name, false)}).lines;
}

std::string residue_hash(const Deb& deb) { return hash_of(read_scripts(deb)); }

std::vector<Effect> script_effects(const Deb& deb) {
  std::vector<Effect> out;
  for (auto& script : read_scripts(deb))
    out.insert(out.end(), std::make_move_iterator(script.effects.begin()),
               std::make_move_iterator(script.effects.end()));
  return out;
}

std::string ScriptReview::note() const {
  static constexpr std::array names{"none", "standard", "modelled", "accepted", "changed", "unknown"};
  return cat("scripts: ", names.at(static_cast<std::size_t>(kind)));
}

std::vector<Effect> all_effects(const Deb& deb, const EffectTable& table) {
  std::vector<Effect> out;
  if (const auto* known = table.find(deb.name))
    for (auto effect : known->effects) {
      if (effect.verb == "refuse") continue;
      for (auto& word : effect.words) {
        word = replace_all(std::move(word), "@ARCHITECTURE@", deb.architecture);
        word = replace_all(std::move(word), "@MULTIARCH@", multiarch_folder(deb.architecture));
      }
      out.push_back(std::move(effect));
    }
  auto read = script_effects(deb);
  out.insert(out.end(), std::make_move_iterator(read.begin()), std::make_move_iterator(read.end()));
  return out;
}

ScriptReview review(const Deb& deb, const EffectTable& table, const std::set<std::string>& accepted) {
  const auto* known = table.find(deb.name);
  const auto scripts = read_scripts(deb);
  ScriptReview out;
  for (const auto& script : scripts) {
    out.rest.insert(out.rest.end(), script.lines.begin(), script.lines.end());
    for (const auto& command : script.commands) out.actions.push_back(shell::action_in_words(command));
  }
  std::ranges::sort(out.actions);
  out.actions.erase(std::unique(out.actions.begin(), out.actions.end()), out.actions.end());
  if (out.rest.empty())
    out.kind = has_scripts(deb) ? ScriptReview::Kind::standard : ScriptReview::Kind::none;
  else
    out.kind = kind_of(hash_of(scripts), known);
  if (out.kind == ScriptReview::Kind::modelled) {
    out.rest.clear();
    out.actions.clear();
  }
  out.refusal = refusal_of(known);
  if (!out.refusal.empty()) out.kind = ScriptReview::Kind::unknown;
  if (out.kind == ScriptReview::Kind::unknown && accepted.contains(deb.name)) out.kind = ScriptReview::Kind::accepted;
  return out;
}

void expect_known(const std::vector<std::pair<Deb, ScriptReview>>& reviews) {
  std::vector<std::string> names, texts;
  for (const auto& [deb, review] : reviews) {
    if (review.kind != ScriptReview::Kind::unknown) continue;
    names.push_back(deb.name);
    texts.push_back(in_words(deb, review));
  }
  if (names.empty()) return;
  throw Error(ErrorKind::usage,
              cat(count_of(names.size(), "package"), " with maintainer scripts that lapstrake does not model"),
              cat("`lapstrake explain ", names[0], "` shows the scripts; add `accept: [", join(names, ", "),
                  "]` to the `deb:` step if the files are enough without them"))
      .because(cat("nothing was executed\n", join(texts, "\n")));
}

}  // namespace lapstrake::packages::deb
