#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

#include "fields.hpp"
#include "to_project.hpp"
#include "values.hpp"

namespace lapstrake::spec {
namespace {

std::string first_at(const Span& where) { return cat("the first is at line ", where.line, ", column ", where.column); }

// Reports texts that are equal after `form` normalizes them.
template <class Form>
void check_duplicates(std::span<const Node> items, std::string_view what, Findings& findings, Form form) {
  std::map<std::string, Span> first;
  for (const auto& item : items) {
    if (item.kind != Node::Kind::text || item.unresolved) continue;
    const auto [known, is_new] = first.emplace(form(item.text), item.where);
    if (!is_new)
      findings.error(item.where, cat("duplicate ", what, " ", in_quotes(item.text)), first_at(known->second));
  }
}

// The same for the values of `key` in a list of objects.
void check_duplicates(std::span<const Node> items, std::string_view key, std::string_view what, Findings& findings) {
  std::map<std::string, Span> first;
  for (const auto& item : items) {
    const auto* node = text_node(item, key);
    if (node == nullptr) continue;
    const auto [known, is_new] = first.emplace(node->text, node->where);
    if (!is_new)
      findings.error(node->where, cat("duplicate ", what, " ", in_quotes(node->text)), first_at(known->second));
  }
}

oci::Compression compression(const Node& image, Findings& findings) {
  oci::Compression out;
  const auto* node = image.find("compression");
  if (node == nullptr) return out;
  const auto type = node->kind == Node::Kind::map ? text_field(*node, "type") : text_field(image, "compression");
  if (type == "zstd") out.codec = oci::Codec::zstd;
  if (type == "none") out.codec = oci::Codec::none;
  const auto level = integer_field(*node, "level");
  if (!level) return out;
  const auto where = node->find("level")->where;
  if (type == "none") findings.error(where, "`level` cannot be used with `none`", "remove the line");
  const int most = oci::most_level(oci::Codec::gzip);  // zstd's is the key's own
  if (type == "gzip" && *level > most)
    findings.error(where, cat("`level` cannot be ", *level, " for gzip"), cat("1 to ", most));
  out.level = static_cast<int>(*level);
  return out;
}

std::optional<oci::Reference> base(const Node& image, const std::filesystem::path& folder) {
  const auto text = text_field(image, "base", "scratch");
  if (text == "scratch") return std::nullopt;
  try {
    return oci::parse_reference(text, folder);
  } catch (const Error&) {
    return std::nullopt;  // reported by check_shape()
  }
}

oci::Accounts accounts(const Node& image, Findings& findings) {
  oci::Accounts out;
  for (const auto& item : items_of(image, "users")) {
    const auto uid = integer_field(item, "uid").value_or(0);
    out.users.push_back({.name = text_field(item, "name"),
                         .uid = static_cast<std::uint32_t>(uid),
                         .gid = static_cast<std::uint32_t>(integer_field(item, "gid").value_or(uid)),
                         .home = text_field(item, "home", "/"),
                         .shell = text_field(item, "shell", "/usr/sbin/nologin"),
                         .comment = text_field(item, "comment"),
                         .where = findings.spec().position(item.where)});
    for (const std::string_view key : {"home", "shell", "comment"})
      if (const auto* field = text_node(item, key);
          field != nullptr && field->text.find_first_of(":\r\n") != std::string::npos)
        findings.error(field->where, cat("`", key, "` contains `:` or a line break"), "/etc/passwd cannot store it");
  }
  for (const auto& item : items_of(image, "groups"))
    out.groups.push_back({.name = text_field(item, "name"),
                          .gid = static_cast<std::uint32_t>(integer_field(item, "gid").value_or(0)),
                          .members = texts_field(item, "members"),
                          .where = findings.spec().position(item.where)});
  check_duplicates(items_of(image, "users"), "name", "user name", findings);
  check_duplicates(items_of(image, "users"), "uid", "user id", findings);
  check_duplicates(items_of(image, "groups"), "name", "group name", findings);
  check_duplicates(items_of(image, "groups"), "gid", "group id", findings);
  return out;
}

// Each port of each range, once.
std::vector<std::string> exposed_ports(const Node& image, Findings& findings) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const auto& item : items_of(image, "expose")) {
    const auto ports = item.kind == Node::Kind::text ? parse_ports(item.text) : std::nullopt;
    if (!ports) continue;  // reported by check_shape()
    for (auto port = ports->first; port <= ports->last; ++port)
      if (auto text = cat(port, "/", ports->protocol); seen.insert(text).second) out.push_back(std::move(text));
    if (out.size() <= limits::list_members) continue;
    findings.error(item.where, cat("the image exposes more than ", limits::list_members, " ports"),
                   "remove some: `expose` only documents ports and does not open them");
    return {};
  }
  return out;
}

void check_lists(const Node& image, Findings& findings) {
  const auto same = [](const std::string& text) { return text; };
  const auto path = [](const std::string& text) { return clean_path(cat(text, "/")); };
  check_duplicates(items_of(image, "tags"), "tag", findings, same);
  check_duplicates(items_of(image, "volumes"), "volume", findings, path);
  check_duplicates(items_of(image, "platforms"), "platform", findings, [](const std::string& text) {
    auto platform = parse_platform(text).value_or(oci::Platform{.os = text, .architecture = {}, .variant = {}});
    if (platform.matches({.os = platform.os, .architecture = "arm64", .variant = {}})) platform.variant = "v8";
    return platform.text();
  });
  check_duplicates(items_of(image, "expose"), "port", findings, [](const std::string& text) {
    const auto ports = parse_ports(text);
    return ports ? cat(ports->first, "-", ports->last, "/", ports->protocol) : text;
  });
  check_duplicates(items_of(image, "layers"), "name", "layer name", findings);
}

void check_whole(const Member& member, Findings& findings) {
  const auto& image = member.value;
  if (const auto* tags = image.member("tags");
      tags != nullptr && !tags->value.items.empty() && image.find("repository") == nullptr)
    findings.error(tags->where, cat("the image ", in_quotes(member.key), " has `tags` but no `repository`"),
                   "add one, for example `repository: registry.example/team/web`");
  if (const auto* attachments = image.member("attachments");
      attachments != nullptr && !attachments->value.items.empty() && image.find("repository") == nullptr)
    findings.error(attachments->where,
                   cat("the image ", in_quotes(member.key), " has `attachments` but no `repository`"),
                   "add one, for example `repository: registry.example/team/web`");
  if (is_true(image, "sbom") && image.find("repository") == nullptr)
    findings.error(image.member("sbom")->where,
                   cat("the image ", in_quotes(member.key), " has `sbom` but no `repository`"),
                   "add one, for example `repository: registry.example/team/web`");
  if (const auto* platforms = image.find("platforms");
      platforms != nullptr && platforms->kind == Node::Kind::list && platforms->items.empty())
    findings.error(platforms->where, "`platforms` is empty", "remove the line to build for linux/amd64");
  const auto* entrypoint = image.find("entrypoint");
  if (entrypoint != nullptr && !entrypoint->items.empty() && entrypoint->items[0].kind == Node::Kind::text &&
      entrypoint->items[0].text.empty())
    findings.error(entrypoint->items[0].where, "the program of `entrypoint` is empty",
                   "the first item must be the program");
  const bool is_bare = image.find("base") == nullptr || text_field(image, "base") == "scratch";
  if (is_bare && items_of(image, "layers").empty() && image.find("deb") == nullptr && image.kind == Node::Kind::map &&
      !findings.has_errors())
    findings.warning(member.where, cat("the image ", in_quotes(member.key), " is empty"), "add `layers:` or a `base:`");
  for (const auto& annotation : members_of(image, "annotations"))
    if (annotation.key.starts_with("dev.lapstrake."))
      findings.error(annotation.where, cat("the annotation ", in_quotes(annotation.key), " is reserved"),
                     "choose another name");
}

Image image(const Member& member, const std::filesystem::path& folder, Findings& findings) {
  const auto& node = member.value;
  Image out;
  out.name = member.key;
  out.repository = text_field(node, "repository");
  out.repository_settings = repository_settings(node, findings);
  out.tags = texts_field(node, "tags");
  out.base = base(node, folder);
  for (const auto& text : texts_field(node, "platforms"))
    if (auto platform = parse_platform(text)) out.platforms.push_back(*std::move(platform));
  if (out.platforms.empty()) out.platforms.emplace_back();
  out.compression = compression(node, findings);
  for (const auto& item : items_of(node, "layers")) out.layers.push_back(layer(item, findings));
  out.accounts = accounts(node, findings);
  out.entrypoint = command_field(node, "entrypoint");
  out.cmd = command_field(node, "cmd");
  out.env = pairs_field(node, "env");
  out.labels = pairs_field(node, "labels");
  out.annotations = pairs_field(node, "annotations");
  for (const auto& item : items_of(node, "attachments"))
    out.attachments.push_back({.folder = folder,
                               .from = text_field(item, "from"),
                               .type = text_field(item, "type"),
                               .required = is_true(item, "required"),
                               .annotations = pairs_field(item, "annotations"),
                               .where = findings.spec().position(item.where)});
  out.has_sbom = is_true(node, "sbom");
  out.user = text_field(node, "user");
  out.workdir = text_field(node, "workdir");
  out.stopsignal = parse_signal(text_field(node, "stopsignal")).value_or("");
  out.author = text_field(node, "author");
  out.expose = exposed_ports(node, findings);
  out.volumes = texts_field(node, "volumes");
  out.where = findings.spec().position(member.where);
  check_fetches(node, out.platforms, findings);
  check_lists(node, findings);
  check_whole(member, findings);
  return out;
}

// The second push would move the first one's tag.
void check_targets(const Node& document, Findings& findings) {
  std::map<std::string, std::string> owners;
  for (const auto& member : members_of(document, "images")) {
    const auto repository = text_field(member.value, "repository");
    for (const auto& tag : items_of(member.value, "tags")) {
      if (repository.empty() || tag.kind != Node::Kind::text || tag.unresolved) continue;
      const auto [known, is_new] = owners.emplace(cat(lower(repository), ":", tag.text), member.key);
      if (!is_new && known->second != member.key)
        findings.error(tag.where,
                       cat("the images ", in_quotes(known->second), " and ", in_quotes(member.key),
                           " have the same repository and tag"),
                       "change the tag or the repository of one of them");
    }
  }
}

}  // namespace

std::vector<Image> images(const Node& document, const std::filesystem::path& folder, Findings& findings) {
  std::vector<Image> out;
  for (const auto& member : members_of(document, "images")) out.push_back(image(member, folder, findings));
  check_targets(document, findings);
  resolve_from_images(document, folder, out, findings);
  const auto members = members_of(document, "images");
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto below = deb_layers(members[i].value, findings);
    out[i].layers.insert(out[i].layers.begin(), std::make_move_iterator(below.begin()),
                         std::make_move_iterator(below.end()));
  }
  return out;
}

}  // namespace lapstrake::spec
