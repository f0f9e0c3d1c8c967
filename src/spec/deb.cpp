// `deb:` of a layer, and of an image, where it stands for layers.
#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "fields.hpp"
#include "keys.hpp"
#include "to_project.hpp"

namespace lapstrake::spec {
namespace {

using Base = oci::Deb::Base;

Base base_of(const Node& node) {
  const auto text = text_field(node, "base");
  if (text == "minimal") return Base::minimal;
  if (text == "essential") return Base::essential;
  return text == "image" ? Base::image : Base::automatic;
}

bool has_base_set(Base base) { return base == Base::minimal || base == Base::essential; }

std::string request(const std::string& text) {
  if (!text.ends_with(".deb")) return text;
  const auto path = clean_path(text);
  return path.starts_with('/') || path.starts_with("../") ? path : cat("./", path);
}

std::vector<std::string> source_names(const Node& node) {
  const auto* one = text_node(node, "source");
  return one != nullptr ? std::vector{one->text} : texts_field(node, "source");
}

oci::Deb deb(const Node& node, const SourceText& source) {
  oci::Deb out;
  out.suite = text_field(node, "suite");
  for (const auto& text : texts_field(node, "install")) out.install.push_back(request(text));
  out.base = base_of(node);
  out.recommends = is_true(node, "recommends");
  out.prefer = texts_field(node, "prefer");
  out.exclude = texts_field(node, "exclude");
  out.docs = text_field(node, "docs") == "keep";
  out.accepted = texts_field(node, "accept");
  out.sources = source_names(node);
  out.where = source.position(node.where);
  return out;
}

// An unknown key may be a misspelt `install`, which was already reported.
bool has_unknown_key(const Node& node) {
  const Table table;
  return std::ranges::any_of(node.members,
                             [&](const Member& member) { return table["deb"].find(member.key) == nullptr; });
}

void check(const Node& node, Findings& findings) {
  if (node.kind != Node::Kind::map) return;  // reported by check_shape()
  const auto* install = node.member("install");
  const bool is_empty = install != nullptr && install->value.kind == Node::Kind::list && install->value.items.empty();
  if ((install == nullptr || is_empty) && !has_base_set(base_of(node)) && !has_unknown_key(node))
    findings.error(install == nullptr ? node.where : install->where,
                   install == nullptr ? "this deb is missing `install`" : "`install` is empty",
                   "name packages, for example `install: [nginx]`, or a set with `base: minimal`");
  for (const auto& item : items_of(node, "exclude"))
    if (std::ranges::any_of(items_of(node, "install"), [&](const Node& one) {
          return item.kind == Node::Kind::text && !item.unresolved && one.text == item.text;
        }))
      findings.error(item.where, cat("`install` and `exclude` both have ", in_quotes(item.text)),
                     "remove it from one of them");
}

oci::LayerRecipe layer_of(std::string name, oci::Deb step) {
  auto where = step.where;
  oci::LayerRecipe out;
  out.name = std::move(name);
  out.deb = std::move(step);
  out.where = std::move(where);
  return out;
}

// The base set alone, so that images with other packages share its layer.
oci::LayerRecipe base_layer(oci::Deb step) {
  step.install.clear();
  step.recommends = false;
  return layer_of("os-base", std::move(step));
}

bool has_base_image(const Node& image) { return text_field(image, "base", "scratch") != "scratch"; }

}  // namespace

std::optional<oci::Deb> deb_step(const Node& layer, Findings& findings) {
  const auto* node = layer.find("deb");
  if (node == nullptr || node->kind != Node::Kind::map) return std::nullopt;
  check(*node, findings);
  return deb(*node, findings.spec());
}

std::vector<oci::LayerRecipe> deb_layers(const Node& image, Findings& findings) {
  std::vector<oci::LayerRecipe> out;
  unsigned groups = 0;
  for (const auto& node : one_or_more(image, "deb")) {
    check(node, findings);
    auto step = deb(node, findings.spec());
    if (groups == 0 && step.base == Base::automatic && !has_base_image(image)) step.base = Base::minimal;
    if (groups > 0 && has_base_set(step.base))
      findings.error(node.find("base")->where, "only the first mapping of `deb` can have a base set",
                     "move `base` to the first one");
    if (groups == 0 && has_base_set(step.base)) out.push_back(base_layer(step));
    if (groups > 0 || has_base_set(step.base)) step.base = Base::image;
    ++groups;
    if (step.install.empty()) continue;
    out.push_back(layer_of(groups == 1 ? "os-packages" : cat("os-packages-", groups), std::move(step)));
  }
  for (const auto& layer : items_of(image, "layers"))
    if (const auto* name = text_node(layer, "name"); name != nullptr)
      if (std::ranges::any_of(out, [&](const auto& own) { return own.name == name->text; }))
        findings.error(name->where, cat("duplicate layer name ", in_quotes(name->text)),
                       "`deb` of the image makes a layer of this name");
  return out;
}

}  // namespace lapstrake::spec
