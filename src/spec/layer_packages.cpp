// The steps of a layer that bring packages, downloads, files of other images, and changes to files of lower layers.
#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "fields.hpp"
#include "to_project.hpp"
#include "values.hpp"

namespace lapstrake::spec {
namespace {

std::string name_of(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

// PEP 751: pylock.toml, pylock.NAME.toml.
bool is_pylock(std::string_view name) {
  if (name == "pylock.toml") return true;
  if (!name.starts_with("pylock.") || !name.ends_with(".toml") || name.size() <= 12) return false;
  return name.substr(7, name.size() - 12).find('.') == name.npos;
}

// How to make a lock file from another tool's file.
std::string pip_hint(std::string_view name) {
  if (name == "Pipfile.lock") return "run `pipenv requirements > requirements.txt` and name that file";
  if (name == "pdm.lock") return "run `pdm export -f pylock -o pylock.toml` and name that file";
  if (name == "pyproject.toml") return "run `uv lock` and name `uv.lock`";
  if (name.ends_with(".in")) return "run `uv pip compile --generate-hashes` and name its output";
  if (name.ends_with(".yml") || name.ends_with(".yaml"))
    return "run `pip freeze > requirements.txt` and name that file";
  return "name a requirements file (`*.txt`), `pylock.toml`, `uv.lock` or `poetry.lock`";
}

void check_pip_lock(const Node& node, Findings& findings) {
  const auto* lock = text_node(node, "lock");
  if (lock == nullptr) return;
  const auto name = name_of(lock->text);
  if (name.ends_with(".txt") || is_pylock(name) || name == "uv.lock" || name == "poetry.lock") return;
  findings.error(lock->where, cat(in_quotes(lock->text), " is not a lock file that `pip` can install"), pip_hint(name));
}

std::string npm_hint(std::string_view name) {
  if (name == "pnpm-lock.yaml" || name == "yarn.lock" || name == "bun.lock" || name == "bun.lockb")
    return "only lock files of npm are supported: run `npm install --package-lock-only` and name `package-lock.json`";
  if (name == "package.json") return "run `npm install --package-lock-only` and name `package-lock.json`";
  return "name a `package-lock.json` or an `npm-shrinkwrap.json`";
}

void check_npm(const Node& node, Findings& findings) {
  if (const auto* lock = text_node(node, "lock")) {
    const auto name = name_of(lock->text);
    if (name != "package-lock.json" && name != "npm-shrinkwrap.json")
      findings.error(lock->where, cat(in_quotes(lock->text), " is not a lock file that `npm` can install"),
                     npm_hint(name));
  }
  const auto* into = text_node(node, "into");
  if (into != nullptr && into->text.starts_with('/') && name_of(into->text) != "node_modules")
    findings.error(into->where, cat("the folder ", in_quotes(into->text), " is not named `node_modules`"),
                   cat("write `", clean_path(cat(printable(into->text, 200), "/node_modules")),
                       "`: Node.js finds packages only in folders of this name"));
}

std::string folder(std::string_view path) {
  auto out = clean_path(path);
  if (out.size() > 1 && out.ends_with('/')) out.pop_back();
  return out;
}

oci::Pip pip(const Node& node, const SourceText& source) {
  oci::Pip out;
  out.lock = clean_path(text_field(node, "lock"));
  out.into = folder(text_field(node, "into", out.into));
  out.extras = texts_field(node, "extras");
  if (node.find("groups") != nullptr) out.groups = texts_field(node, "groups");
  if (const auto* python = text_node(node, "python")) out.python = python->text;
  if (const auto* libc = text_node(node, "libc")) out.libc = libc->text;
  out.source = text_field(node, "source", out.source);
  out.owner = owner_field(node, "owner").value_or(out.owner);
  out.where = source.position(node.where);
  return out;
}

oci::Npm npm(const Node& node, const SourceText& source) {
  oci::Npm out;
  out.lock = clean_path(text_field(node, "lock"));
  out.into = folder(text_field(node, "into"));
  if (node.find("omit") != nullptr) out.omit = texts_field(node, "omit");
  if (const auto* scripts = node.find("scripts")) out.accepted_scripts = texts_field(*scripts, "accept");
  if (const auto* libc = text_node(node, "libc")) out.libc = libc->text;
  out.source = text_field(node, "source", out.source);
  out.owner = owner_field(node, "owner").value_or(out.owner);
  out.where = source.position(node.where);
  return out;
}

oci::Fetch fetch(const Node& node, const SourceText& source) {
  oci::Fetch out;
  out.url = text_field(node, "url");
  if (const auto* sha256 = text_node(node, "sha256")) out.sha256 = lower(sha256->text);
  for (const auto& [platform, sha256] : pairs_field(node, "sha256"))
    if (const auto parsed = parse_platform(platform)) out.sha256_of[parsed->text()] = lower(sha256);
  out.to = clean_path(text_field(node, "to"));
  out.owner = owner_field(node, "owner");
  out.mode = mode_field(node, "mode");
  out.unpack = is_true(node, "unpack");
  out.strip_components = static_cast<unsigned>(integer_field(node, "strip_components").value_or(0));
  out.include = texts_field(node, "include");
  out.exclude = texts_field(node, "exclude");
  out.where = source.position(node.where);
  return out;
}

void check_fetch(const Node& node, const oci::Fetch& fetch, Findings& findings) {
  if (const auto* mode = node.member("mode"); mode != nullptr && fetch.unpack)
    findings.error(mode->where, "`mode` cannot be used with `unpack`", "remove it: the archive has the modes");
  for (const std::string_view key : {"strip_components", "include", "exclude"})
    if (const auto* given = node.member(key); given != nullptr && !fetch.unpack)
      findings.error(given->where, cat("`", key, "` needs `unpack: true`"), "add it, or remove the line");
  const auto* url = text_node(node, "url");
  const auto path = url == nullptr ? std::string_view() : std::string_view(url->text).substr(0, url->text.find('?'));
  if (!fetch.unpack && fetch.to.ends_with('/') && (path.ends_with('/') || std::ranges::count(path, '/') < 3) &&
      url != nullptr)
    findings.error(text_node(node, "to")->where, "the URL does not end with a file name",
                   cat("write the path of the file, for example `", printable(fetch.to, 200), "tool`"));
}

oci::FromImage from_image(const Node& node, const SourceText& source) {
  oci::FromImage out;
  out.image = text_field(node, "image");
  out.path = clean_path(text_field(node, "path"));
  out.to = clean_path(text_field(node, "to"));
  out.owner = owner_field(node, "owner");
  out.mode = mode_field(node, "mode");
  out.include = texts_field(node, "include");
  out.exclude = texts_field(node, "exclude");
  out.where = source.position(node.where);
  return out;
}

oci::Edit edit(const Node& node, const SourceText& source) {
  oci::Edit out;
  out.path = clean_path(text_field(node, "path"));
  out.append = text_field(node, "append");
  if (const auto* replace = text_node(node, "replace")) out.replace = replace->text;
  out.with = text_field(node, "with");
  out.times = static_cast<unsigned>(integer_field(node, "times").value_or(1));
  out.where = source.position(node.where);
  return out;
}

void check_edit(const Node& node, Findings& findings) {
  const auto* append = node.member("append");
  const auto* replace = node.member("replace");
  const auto* with = node.member("with");
  if (append != nullptr && replace != nullptr)
    findings.error(replace->where, "an edit has either `append` or `replace`", "write one edit for each");
  if (append == nullptr && replace == nullptr)
    findings.error(node.where, "this edit has neither `append` nor `replace`",
                   "add `append: TEXT`, or `replace: TEXT` and `with: TEXT`");
  if (replace != nullptr && with == nullptr)
    findings.error(replace->where, "`replace` needs `with`", "add it; `with: \"\"` removes the text");
  for (const std::string_view key : {"with", "times"})
    if (const auto* given = node.member(key); given != nullptr && replace == nullptr && append != nullptr)
      findings.error(given->where, cat("`", key, "` needs `replace`"), "add it, or remove the line");
}

void check_fetch(const Node& node, const std::vector<oci::Platform>& platforms, Findings& findings) {
  const auto* url = text_node(node, "url");
  const auto* sha256 = node.find("sha256");
  if (url == nullptr || sha256 == nullptr) return;
  if (sha256->kind == Node::Kind::text && platforms.size() > 1 && url->text.find("${platform.") != std::string::npos)
    findings.error(
        sha256->where, "each platform has its own URL, but there is one `sha256`",
        cat("write one for each platform: `{ ", platforms[0].text(), ": ..., ", platforms[1].text(), ": ... }`"));
  if (sha256->kind != Node::Kind::map) return;
  for (const auto& platform : platforms)
    if (std::ranges::none_of(sha256->members, [&](const Member& member) {
          const auto known = parse_platform(member.key);
          return !known || known->matches(platform);
        }))
      findings.error(sha256->where, cat("`sha256` has no entry for ", platform.text()), "add it");
}

}  // namespace

void check_fetches(const Node& image, const std::vector<oci::Platform>& platforms, Findings& findings) {
  for (const auto& layer : items_of(image, "layers"))
    for (const auto& step : items_of(layer, "fetch")) check_fetch(step, platforms, findings);
}

void add_packages(const Node& node, oci::LayerRecipe& layer, Findings& findings) {
  const auto& source = findings.spec();
  const auto is_map = [](const Node& item) { return item.kind == Node::Kind::map; };  // others were reported
  layer.deb = deb_step(node, findings);
  for (const auto& item : one_or_more(node, "pip")) {
    layer.pips.push_back(pip(item, source));
    check_pip_lock(item, findings);
  }
  for (const auto& item : one_or_more(node, "npm")) {
    layer.npms.push_back(npm(item, source));
    check_npm(item, findings);
  }
  for (const auto& item : items_of(node, "fetch")) {
    layer.fetches.push_back(fetch(item, source));
    check_fetch(item, layer.fetches.back(), findings);
  }
  for (const auto& item : items_of(node, "from")) layer.from_images.push_back(from_image(item, source));
  for (const auto& item : items_of(node, "edit")) {
    layer.edits.push_back(edit(item, source));
    if (is_map(item)) check_edit(item, findings);
  }
}

}  // namespace lapstrake::spec
