#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <set>

#include "fields.hpp"
#include "to_project.hpp"
#include "values.hpp"

namespace lapstrake::spec {
namespace {

const oci::Owner root{};

oci::Copy copy(const Node& node, const SourceText& source) {
  oci::Copy out;
  out.from = clean_path(text_field(node, "from"));
  out.to = clean_path(text_field(node, "to"));
  out.owner = owner_field(node, "owner").value_or(root);
  out.mode = mode_field(node, "mode");
  out.keep_mode = text_field(node, "mode") == "keep";
  out.directory_mode = mode_field(node, "directory_mode");
  out.include = texts_field(node, "include");
  out.exclude = texts_field(node, "exclude");
  if (text_field(node, "special") == "skip") out.special = oci::Copy::Special::skip;
  if (text_field(node, "symlinks") == "follow") out.symlinks = oci::Copy::Symlinks::follow;
  out.keep_xattrs = text_field(node, "xattrs") == "keep";
  out.where = source.position(node.where);
  return out;
}

oci::File file(const Node& node, const SourceText& source) {
  oci::File out;
  out.path = clean_path(text_field(node, "path"));
  out.text = text_field(node, "text");
  out.owner = owner_field(node, "owner").value_or(root);
  out.mode = mode_field(node, "mode").value_or(out.mode);
  for (const auto& [name, value] : pairs_field(node, "xattrs")) out.xattrs[name] = parse_xattr(value).value_or("");
  out.where = source.position(node.where);
  return out;
}

oci::Directory directory(const Node& node, const SourceText& source) {
  oci::Directory out;
  out.path = clean_path(cat(text_field(node, "path"), "/"));
  if (out.path.size() > 1) out.path.pop_back();
  out.owner = owner_field(node, "owner").value_or(root);
  out.mode = mode_field(node, "mode").value_or(out.mode);
  out.where = source.position(node.where);
  return out;
}

oci::Symlink symlink(const Node& node, const SourceText& source) {
  return {.path = clean_path(text_field(node, "path")),
          .target = text_field(node, "target"),
          .owner = owner_field(node, "owner").value_or(root),
          .where = source.position(node.where)};
}

oci::Archive archive(const Node& node, const SourceText& source) {
  oci::Archive out;
  out.from = clean_path(text_field(node, "from"));
  out.to = clean_path(text_field(node, "to"));
  out.strip_components = static_cast<unsigned>(integer_field(node, "strip_components").value_or(0));
  out.owner = owner_field(node, "owner");
  out.include = texts_field(node, "include");
  out.exclude = texts_field(node, "exclude");
  out.where = source.position(node.where);
  return out;
}

// What stands in the spec by its full path can clash without a look at any file.
void check_paths(const Node& node, Findings& findings) {
  std::map<std::string, Span> first;
  std::set<std::string> folders;
  for (const std::string_view step : {"files", "directories", "symlinks"})
    for (const auto& item : items_of(node, step)) {
      const auto* path = text_node(item, "path");
      if (path == nullptr) continue;
      auto name = clean_path(path->text);
      if (name.size() > 1 && name.ends_with('/')) name.pop_back();
      const auto [known, is_new] = first.emplace(name, path->where);
      if (!is_new)
        findings.error(path->where, cat("two steps of this layer write ", in_quotes(name)),
                       cat("the other is at line ", known->second.line, ", column ", known->second.column));
      if (step == "directories") folders.insert(name);
    }
  for (const auto& path : items_of(node, "remove"))
    if (path.kind == Node::Kind::text && folders.contains(clean_path(path.text)))
      findings.error(path.where, cat("this layer writes and removes the folder ", in_quotes(clean_path(path.text))),
                     "move the removal to an earlier layer");
}

// An unknown key may be a misspelt step, which was already reported.
bool has_steps(const Node& node) {
  return std::ranges::any_of(node.members, [](const Member& member) {
    if (member.key == "name" || member.key == "capabilities") return false;
    return member.value.kind != Node::Kind::list || !member.value.items.empty();
  });
}

}  // namespace

oci::LayerRecipe layer(const Node& node, Findings& findings) {
  const auto& source = findings.spec();
  oci::LayerRecipe out;
  out.name = text_field(node, "name");
  for (const auto& item : items_of(node, "copy")) out.copies.push_back(copy(item, source));
  for (const auto& item : items_of(node, "files")) out.files.push_back(file(item, source));
  for (const auto& item : items_of(node, "directories")) out.directories.push_back(directory(item, source));
  for (const auto& item : items_of(node, "symlinks")) out.symlinks.push_back(symlink(item, source));
  for (const auto& item : items_of(node, "archives")) out.archives.push_back(archive(item, source));
  for (const auto& item : items_of(node, "remove"))
    out.removals.push_back({.path = clean_path(item.text), .where = source.position(item.where)});
  for (const auto& member : members_of(node, "capabilities"))
    out.capabilities.push_back(
        {.path = clean_path(member.key), .capabilities = member.value.text, .where = source.position(member.where)});
  add_packages(node, out, findings);
  out.where = source.position(node.where);
  if (node.kind == Node::Kind::map && !has_steps(node))
    findings.error(
        node.where, "this layer has no steps",
        "add `copy`, `files`, `directories`, `symlinks`, `archives`, `deb`, `pip`, `npm`, `fetch`, `from`, `edit` "
        "or `remove`");
  check_paths(node, findings);
  return out;
}

}  // namespace lapstrake::spec
