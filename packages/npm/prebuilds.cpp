#include <algorithm>
#include <array>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/scripts.hpp>

namespace lapstrake::packages::npm {
namespace {

bool is_libc(std::string_view word) { return word == "glibc" || word == "musl"; }

std::vector<std::string> words_of(std::string text, std::string_view separators) {
  std::ranges::replace_if(
      text, [&](char c) { return separators.find(c) != separators.npos; }, ' ');
  return split(text, ' ');
}

// "linux-x64", "linux-x64+arm64", "linux-x64-musl", "linuxmusl-x64", "NAME-linux-x64".
bool folder_fits(std::string_view name, const Target& target) {
  bool has_os = false, has_cpu = false;
  for (const auto& word : words_of(std::string(name), "-+")) {
    if (is_libc(word) && word != target.libc) return false;
    has_os = has_os || word == target.os || word == cat(target.os, target.libc);
    has_cpu = has_cpu || word == target.cpu;
  }
  return has_os && has_cpu;
}

// "NAME.napi.glibc.node", "node.abi115.musl.node", "electron.abi99.node": node-gyp-build's parseTags and matchTags.
bool file_fits(std::string_view name, std::string_view folder, const ScriptRules& rules) {
  auto words = words_of(std::string(name), ".");
  if (words.back() != "node") return false;
  words.pop_back();
  for (auto& word : words_of(std::string(folder), "-+")) words.push_back(std::move(word));
  const bool is_napi = std::ranges::find(words, "napi") != words.end();
  bool has_libc = false;
  for (const std::string_view word : words) {
    if (word == "electron" || word == "node-webkit") return false;
    const bool is_other_abi = word.starts_with("abi") && !rules.node_abi.empty() && word.substr(3) != rules.node_abi;
    if (is_other_abi && !is_napi) return false;
    if (word.starts_with("armv") && word != "armv8" && rules.target.cpu == "arm64") return false;
    if (is_libc(word) && word != rules.target.libc) return false;
    has_libc = has_libc || is_libc(word) || word == cat(rules.target.os, rules.target.libc);
  }
  return has_libc || rules.target.libc == "glibc";
}

// From "FOLDER/FILE", below prebuilds/.
bool fits(std::string_view path, const ScriptRules& rules) {
  const auto slash = path.find('/');
  if (slash == path.npos || path.find('/', slash + 1) != path.npos) return false;
  const auto folder = path.substr(0, slash);
  return folder_fits(folder, rules.target) && file_fits(path.substr(slash + 1), folder, rules);
}

}  // namespace

bool may_be_loaded(std::string_view path, const Target& target) {
  constexpr std::string_view prebuilds = "/prebuilds/";
  const auto at = path.rfind(prebuilds);
  return at == path.npos || !path.ends_with(".node") || fits(path.substr(at + prebuilds.size()), {.target = target});
}

std::optional<std::string> prebuilt_binary(const PackageFiles& files, const ScriptRules& rules) {
  const auto base = joined(files.folder, "prebuilds/");
  const auto& members = files.archive.members();
  for (auto member = std::ranges::lower_bound(members, base, {}, &Member::path);
       member != members.end() && member->path.starts_with(base); ++member) {
    const auto path = std::string_view(member->path).substr(base.size());
    if (fits(path, rules)) return cat("prebuilds/", path);
  }
  return std::nullopt;
}

}  // namespace lapstrake::packages::npm
