#include <algorithm>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/database.hpp>
#include <lapstrake/packages/deb/install.hpp>
#include <map>

namespace lapstrake::packages::deb {
namespace {

constexpr std::size_t most_interpreter_line = 256;

// base-files first: its attributes of folders win.
std::vector<Deb> in_order(std::vector<Deb> packages) {
  std::ranges::sort(packages, {}, [](const Deb& deb) { return std::pair(deb.name != "base-files", deb.name); });
  return packages;
}

// "/bin/sh" of "#!/bin/sh -e"; for "#!/usr/bin/env NAME", the program that env looks for.
std::string interpreter_of(const layers::Entry& entry) {
  if (entry.kind != layers::Kind::file || (entry.mode & 0111) == 0 || entry.size < 4) return {};
  const auto access = content_access(entry);
  std::string line(static_cast<std::size_t>(std::min<std::uint64_t>(access.size, most_interpreter_line)), '\0');
  access.read(0, std::as_writable_bytes(std::span(line)));
  if (!line.starts_with("#!")) return {};
  const auto words = words_of(std::string_view(line).substr(2, line.find('\n') - 2));
  if (words.empty() || !words[0].starts_with('/')) return {};
  if (words.size() > 1 && lapstrake::name_of(words[0]) == "env" && !words[1].starts_with('-'))
    return cat("/usr/bin/", words[1]);
  return std::string(words[0]);
}

// One sentence for each interpreter, with the first script that needs it.
std::vector<std::string> missing_interpreters(const Root& root) {
  std::map<std::string, std::string> missing;
  for (const auto* folder : {"usr/bin", "usr/sbin"})
    for (const auto& path : root.paths_below(folder)) {
      const auto* entry = root.find(path);
      const auto interpreter = entry == nullptr ? std::string() : interpreter_of(*entry);
      if (interpreter.empty() || root.exists(interpreter.substr(1))) continue;
      missing.try_emplace(interpreter, cat("`/", printable(path, 400), "` (", *entry->origin, ")"));
    }
  std::vector<std::string> out;
  for (const auto& [interpreter, script] : missing)
    out.push_back(
        cat(script, " needs `", printable(interpreter, 400), "`, which the image lacks: the script does not run"));
  return out;
}

}  // namespace

Installed install(const std::vector<Deb>& packages, const layers::BaseFiles& below, const EffectTable& table,
                  const InstallOptions& options) {
  const auto debs = in_order(packages);
  Root root(below);
  for (const auto& deb : debs) root.add(deb, options.docs);
  Installed out;
  out.notes = apply_effects(root, debs, table, options.accounts);
  add_database(root, below, debs, database_for(below, debs));
  std::ranges::move(missing_interpreters(root), std::back_inserter(out.notes));
  out.entries = std::move(root).entries();
  return out;
}

}  // namespace lapstrake::packages::deb
