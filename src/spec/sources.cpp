// `sources:`, and the steps that name them.
#include <lapstrake/base/text.hpp>

#include "fields.hpp"
#include "to_project.hpp"

namespace lapstrake::spec {
namespace {

constexpr std::string_view host = "host";  // the configuration of this machine

void check_use(const Node& used, std::string_view type, const Node* sources, Findings& findings) {
  if (used.kind != Node::Kind::text || used.unresolved || used.text == host) return;
  std::vector<std::string> names{std::string(host)};
  if (sources != nullptr)
    for (const auto& member : sources->members) {
      const auto known = text_field(member.value, "type", type);
      if (member.key == used.text && known != type)
        findings.error(used.where,
                       cat("the source ", in_quotes(used.text), " has packages of ", known, ", not of ", type),
                       cat("add a source of `type: ", type, "`"));
      if (member.key == used.text) return;
      if (known == type) names.push_back(member.key);
    }
  const auto near = nearest_name(used.text, names);
  findings.error(used.where, cat("unknown source ", in_quotes(used.text)),
                 near ? cat("did you mean `", *near, "`?")
                      : cat("known sources: ", printable(join(names, ", "), 200), "; add it to `sources:`"));
}

// `source` of a step: a name, or a list of names.
void check_uses(const Node& step, std::string_view type, const Node* sources, Findings& findings) {
  const auto* used = step.find("source");
  if (used == nullptr) return;
  check_use(*used, type, sources, findings);
  for (const auto& item : used->items) check_use(item, type, sources, findings);
}

PackageSource::Type type_of(const Node& source) {
  const auto type = text_field(source, "type");
  if (type == "deb") return PackageSource::Type::deb;
  return type == "npm" ? PackageSource::Type::npm : PackageSource::Type::pip;
}

PackageSource package_source(const Member& member, const std::filesystem::path& folder, const SourceText& text) {
  const auto& node = member.value;
  PackageSource out{.type = type_of(node),
                    .uri = text_field(node, "uri"),
                    .suites = texts_field(node, "suites"),
                    .components = texts_field(node, "components"),
                    .check_valid_until = text_field(node, "check_valid_until") != "false",
                    .where = text.position(member.where)};
  if (out.type == PackageSource::Type::deb && out.components.empty()) out.components = {"main"};
  const auto keyring = text_field(node, "keyring", host);
  if (keyring != host) out.keyring = (folder / keyring).lexically_normal();
  return out;
}

void check_deb(const Member& member, Findings& findings) {
  if (member.value.find("suites") == nullptr)
    findings.error(member.where, cat("the source ", in_quotes(member.key), " has no `suites`"),
                   "add them, for example `suites: [bookworm, bookworm-updates]`");
  for (const std::string_view key : {"suites", "components"})
    if (const auto* list = member.value.find(key);
        list != nullptr && list->kind == Node::Kind::list && list->items.empty())
      findings.error(list->where, cat("`", key, "` is empty"),
                     key == "suites" ? "name one, for example `suites: [bookworm]`" : "remove the line for `[main]`");
}

void check_index(const Node& source, std::string_view type, Findings& findings) {
  for (const std::string_view key : {"suites", "components", "keyring", "check_valid_until"})
    if (const auto* given = source.member(key))
      findings.error(given->where, cat("`", key, "` needs `type: deb`"), "remove the line");
  if (const auto* uri = text_node(source, "uri"); uri != nullptr && lower(uri->text).starts_with("file:"))
    findings.error(uri->where, cat("a source of `type: ", type, "` cannot be a folder"), "write an http or https URL");
}

void check(const Member& member, Findings& findings) {
  if (member.key == host)
    findings.error(member.where, "the source name `host` is reserved",
                   "it is the configuration of pip, npm and apt on this machine: choose another name");
  const auto type = text_field(member.value, "type");
  if (type == "deb") check_deb(member, findings);
  if (type == "pip" || type == "npm") check_index(member.value, type, findings);
}

}  // namespace

std::map<std::string, PackageSource> sources(const Node& document, const std::filesystem::path& folder,
                                             Findings& findings) {
  std::map<std::string, PackageSource> out;
  for (const auto& member : members_of(document, "sources")) {
    out[member.key] = package_source(member, folder, findings.spec());
    check(member, findings);
  }
  const auto* known = document.find("sources");
  for (const auto& image : members_of(document, "images")) {
    for (const auto& step : one_or_more(image.value, "deb")) check_uses(step, "deb", known, findings);
    for (const auto& layer : items_of(image.value, "layers"))
      for (const std::string_view type : {"deb", "pip", "npm"})
        for (const auto& step : one_or_more(layer, type)) check_uses(step, type, known, findings);
  }
  return out;
}

}  // namespace lapstrake::spec
