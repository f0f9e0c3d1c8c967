#include "variables.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "secret_names.hpp"
#include "text_parts.hpp"

namespace lapstrake::spec {
namespace {

constexpr std::size_t most_growth = 8u << 20;  // bytes: variables of variables double as aliases do
constexpr std::string_view literal_hint = "for a literal `${` write `$${`";

constexpr std::string_view no_credentials =
    "pass secrets to containers with `secrets:` and `valueFrom`; if the value is public, add the variable to "
    "`public_variables:`";

bool is_scope(std::string_view name, std::string_view scope) {
  return name.starts_with(scope) && name.substr(scope.size()).starts_with('.');
}

bool is_ours(std::string_view name) {
  return is_scope(name, "vars") || is_scope(name, "env") || is_scope(name, "images") || name == "git.commit";
}

bool differs_by_platform(std::string_view step, std::string_view key) {
  return ((step == "copy" || step == "archives") && key == "from") || (step == "fetch" && key == "url") ||
         (step == "deb" && key == "install");
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known, std::string_view prefix,
                         std::string otherwise) {
  const auto near = nearest_name(name, known);
  return near ? cat("did you mean `${", prefix, *near, "}`?") : otherwise;
}

}  // namespace

Variables::Variables(const Node& document, const ReadOptions& options, bool chosen, Findings& findings)
    : options_(options), chosen_(chosen), findings_(findings) {
  if (const auto* images = document.find("images"))
    for (const auto& member : images->members) images_.insert(member.key);
  if (const auto* open = document.find("public_variables"))
    for (const auto& item : open->items) public_.insert(item.text);
  std::vector<std::string> names;
  if (const auto* vars = document.find("vars"))
    for (const auto& member : vars->members) vars_[member.key].node = &member.value, names.push_back(member.key);
  for (const auto& [name, value] : options.set) {
    if (const auto found = vars_.find(name); found != vars_.end()) {
      found->second.state = Var::State::done;
      if (is_utf8(value))
        found->second.value = value;
      else
        findings_.error({}, cat("--set ", printable(name, 80), ": the value is not UTF-8"));
    } else if (chosen) {
      const auto near = nearest_name(name, names);
      findings_.error({}, cat("--set ", printable(name, 80), ": undefined variable"), "",
                      near ? cat("did you mean --set ", *near, "=...?")
                           : cat("add it to `vars:`, for example `vars: { ", printable(name, 80), ": \"\" }`"));
    }
  }
}

void Variables::fill(Node& document) {
  for (auto& [name, var_] : vars_)
    if (var_.node != nullptr) var("", name, [](std::string_view, const std::string&, const std::string&) {});
  for (auto& member : document.members)
    if (member.key != "vars" && member.key != "environments")
      fill_node(member.value, {.images = member.key == "tasks"});
}

void Variables::fill_node(Node& node, const Scope& scope) {
  for (auto& item : node.items) fill_node(item, scope);
  for (auto& member : node.members) {
    check_key(member);
    fill_node(member.value, {.images = scope.images,
                             .platform = !scope.images && differs_by_platform(scope.parent, member.key),
                             .parent = member.key});
  }
  if (node.kind != Node::Kind::text || node.text.find("${") == std::string::npos) return;
  if (auto text = filled(node.text, scope, at(node)))
    node.text = std::move(*text);
  else
    node.unresolved = true;
}

void Variables::check_key(const Member& member) {
  for (const auto& part : text_parts(member.key))
    if (part.kind == TextPart::Kind::variable && is_ours(part.name))
      findings_.error(member.where, cat("the key ", in_quotes(member.key), " contains a variable"),
                      "variables are only expanded in values");
}

// A block of text is searched for the variable from its first line on.
Variables::Report Variables::at(const Node& node) {
  return [this, where = node.where, most = 4 * node.text.size() + 256](std::string_view token, std::string message,
                                                                       std::string hint) {
    findings_.error(findings_.spec().find(where, token, most), std::move(message), std::move(hint));
  };
}

std::optional<std::string> Variables::fill_foreign(std::string_view text, const SourceText& source) {
  return filled(text, {.images = true, .foreign = true},
                [&](std::string_view token, std::string message, std::string hint) {
                  findings_.error_in(source, source.find({.line = 1, .column = 1}, token, source.text().size()),
                                     std::move(message), std::move(hint));
                });
}

std::optional<std::string> Variables::filled(std::string_view text, const Scope& scope, const Report& report) {
  std::string out;
  bool whole = grown_ <= most_growth;
  const auto parts = text_parts(text);
  for (std::size_t i = 0; i < parts.size() && grown_ <= most_growth; ++i) {
    const auto& part = parts[i];
    const auto next = i + 1 < parts.size() ? parts[i + 1].text : std::string_view{};
    if (part.kind == TextPart::Kind::variable && (!scope.foreign || is_ours(part.name))) {
      const auto found = value(part.text, part.name, scope, report);
      whole = whole && found;
      if (found) out += *found;
    } else if (part.kind == TextPart::Kind::open && !scope.foreign) {
      report(part.text.substr(0, 2), "missing `}` after a variable", std::string(literal_hint));
      whole = false;
    } else if (part.kind == TextPart::Kind::escape) {
      // Before `images.` it stays for fill_images, which would otherwise take it for a variable.
      const bool stays = (scope.images && next.starts_with("images.")) ||
                         (scope.foreign && !is_ours(next.substr(0, std::min(next.find('}'), next.size()))));
      out += stays ? part.text : part.text.substr(1);
    } else {
      out += part.text;
    }
    if (out.size() > most_growth) break;
  }
  grown_ += out.size();
  if (grown_ > most_growth) {
    findings_.error({}, cat("the expanded variables exceed ", human_size(most_growth)));
    return std::nullopt;
  }
  return whole ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string> Variables::value(std::string_view token, std::string_view name, const Scope& scope,
                                            const Report& report) {
  if (name.find_first_of("${\n") != std::string_view::npos) {
    report(token.substr(0, token.find('\n')), "variables cannot be nested", std::string(literal_hint));
    return std::nullopt;
  }
  if (is_scope(name, "vars")) return var(token, std::string(name.substr(5)), report);
  if (is_scope(name, "env")) return from_environment(token, name.substr(4), report);
  if (is_scope(name, "git")) return commit(token, name, report);
  if (is_scope(name, "images")) return image(token, std::string(name.substr(7)), scope, report);
  if (is_scope(name, "platform")) return platform(token, name, scope, report);
  return unknown(token, name, report);
}

std::optional<std::string> Variables::var(std::string_view token, const std::string& name, const Report& report) {
  const auto found = vars_.find(name);
  if (found == vars_.end()) {
    if (findings_.is_full()) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [known, _] : vars_) names.push_back(known);
    report(token, cat("undefined variable ", in_quotes(cat("vars.", name))),
           did_you_mean(
               name, names, "vars.",
               names.empty() ? "add it to `vars:`" : cat("known variables: ", printable(join(names, ", "), 200))));
    return std::nullopt;
  }
  auto& entry = found->second;
  if (entry.state == Var::State::running) {
    report(token, cat("the variable ", in_quotes(cat("vars.", name)), " refers to itself"), "break the cycle");
    return std::nullopt;
  }
  if (entry.state == Var::State::waiting) {
    entry.state = Var::State::running;
    if (entry.node->kind == Node::Kind::text) entry.value = filled(entry.node->text, {}, at(*entry.node));
    entry.state = Var::State::done;
  }
  return entry.value;
}

std::optional<std::string> Variables::from_environment(std::string_view token, std::string_view name,
                                                       const Report& report) {
  const auto separator = name.find(":-");
  const auto variable = name.substr(0, separator);
  if (row(Format::env_name).format_error(variable)) {
    report(token, cat(in_quotes(variable), " is not a valid environment variable name"),
           "write `${env.NAME}` or `${env.NAME:-default}`");
    return std::nullopt;
  }
  const bool is_public = public_.contains(variable);
  if (!is_public && is_secret_name(variable)) {
    report(token, cat(in_quotes(variable), " looks like a credential; a spec must not contain credentials"),
           std::string(no_credentials));
    return std::nullopt;
  }
  const auto value = options_.environment_variables ? options_.environment_variables(variable) : std::nullopt;
  if (value && !is_public && holds_login(*value)) {
    report(token,
           cat("the value of ", in_quotes(variable), " is a URL with a password; a spec must not contain credentials"),
           std::string(no_credentials));
    return std::nullopt;
  }
  if (value && is_utf8(*value)) return value;
  if (value) {
    report(token, cat("the environment variable ", in_quotes(variable), " is not UTF-8"), "set it to UTF-8 text");
    return std::nullopt;
  }
  if (separator != std::string_view::npos) return std::string(name.substr(separator + 2));
  if (chosen_)
    report(token, cat("the environment variable ", in_quotes(variable), " is not set"),
           cat("set it, or write `${env.", printable(variable, 80), ":-default}`"));
  return std::nullopt;
}

std::optional<std::string> Variables::commit(std::string_view token, std::string_view name, const Report& report) {
  if (name != "git.commit") {
    report(token, cat("unknown variable ", in_quotes(name)), "did you mean `${git.commit}`?");
    return std::nullopt;
  }
  auto commit = options_.git_commit ? options_.git_commit() : std::nullopt;
  if (!commit && chosen_)
    report(token, "no git commit: the spec is not in a git repository, or the repository has no commits", "");
  return commit;
}

std::optional<std::string> Variables::image(std::string_view token, const std::string& name, const Scope& scope,
                                            const Report& report) {
  if (!scope.images) {
    report(token, cat(in_quotes(token), " can only be used in `tasks:`"),
           "the reference of an image is only known after its build");
    return std::nullopt;
  }
  if (images_.contains(name)) return std::string(token);
  if (findings_.is_full()) return std::nullopt;
  const std::vector<std::string> names(images_.begin(), images_.end());
  report(token, cat("unknown image ", in_quotes(name)),
         did_you_mean(
             name, names, "images.",
             names.empty() ? "the spec has no `images:`" : cat("known images: ", printable(join(names, ", "), 200))));
  return std::nullopt;
}

std::optional<std::string> Variables::platform(std::string_view token, std::string_view name, const Scope& scope,
                                               const Report& report) {
  static const std::vector<std::string> known{"platform.arch", "platform.os", "platform.variant"};
  if (std::ranges::count(known, name) == 0) {
    report(token, cat("unknown variable ", in_quotes(name)),
           did_you_mean(name, known, "", "${platform.arch}, ${platform.os} or ${platform.variant}"));
    return std::nullopt;
  }
  if (scope.platform) return std::string(token);
  report(token,
         cat(in_quotes(token),
             " can only be used in `from` of a copy or an archive, `url` of a fetch, and `install` of deb"),
         "all other values are the same for all platforms");
  return std::nullopt;
}

std::optional<std::string> Variables::unknown(std::string_view token, std::string_view name, const Report& report) {
  std::string hint(literal_hint);
  const auto dot = name.find('.');
  if (vars_.contains(std::string(name)))
    hint = cat("did you mean `${vars.", printable(name, 80), "}`?");
  else if (const auto near = nearest(name.substr(0, dot), {"vars", "env", "git", "images", "platform"});
           near && dot != std::string_view::npos)
    hint = cat("did you mean `${", *near, printable(name.substr(dot), 80), "}`?");
  report(token, cat("unknown variable ", in_quotes(name)), std::move(hint));
  return std::nullopt;
}

}  // namespace lapstrake::spec
