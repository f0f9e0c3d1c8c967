// `sources:`, and the steps that name them.
#include <lapstrake/base/text.hpp>

#include "fields.hpp"
#include "to_project.hpp"

namespace lapstrake::spec {
namespace {

constexpr std::string_view host = "host";  // the configuration of this machine

void check_use(const Node& step, std::string_view type, const Node* sources, Findings& findings) {
  const auto* used = text_node(step, "source");
  if (used == nullptr || used->text == host) return;
  std::vector<std::string> names{std::string(host)};
  if (sources != nullptr)
    for (const auto& member : sources->members) {
      const auto known = text_field(member.value, "type", type);
      if (member.key == used->text && known != type)
        findings.error(used->where,
                       cat("the source ", in_quotes(used->text), " has packages of ", known, ", not of ", type),
                       cat("add a source of `type: ", type, "`"));
      if (member.key == used->text) return;
      if (known == type) names.push_back(member.key);
    }
  const auto near = nearest_name(used->text, names);
  findings.error(used->where, cat("unknown source ", in_quotes(used->text)),
                 near ? cat("did you mean `", *near, "`?")
                      : cat("known sources: ", printable(join(names, ", "), 200), "; add it to `sources:`"));
}

}  // namespace

std::map<std::string, PackageSource> sources(const Node& document, Findings& findings) {
  std::map<std::string, PackageSource> out;
  for (const auto& member : members_of(document, "sources")) {
    out[member.key] = {
        .type = text_field(member.value, "type") == "npm" ? PackageSource::Type::npm : PackageSource::Type::pip,
        .uri = text_field(member.value, "uri"),
        .where = findings.spec().position(member.where)};
    if (member.key == host)
      findings.error(member.where, "the source name `host` is reserved",
                     "it is the configuration of pip and npm on this machine: choose another name");
  }
  for (const auto& image : members_of(document, "images"))
    for (const auto& layer : items_of(image.value, "layers"))
      for (const std::string_view type : {"pip", "npm"})
        for (const auto& step : one_or_more(layer, type)) check_use(step, type, document.find("sources"), findings);
  return out;
}

}  // namespace lapstrake::spec
