#include "shape.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <utility>

#include "values.hpp"

namespace lapstrake::spec {
namespace {

using Form = Type::Form;
using Kind = Node::Kind;

// How messages call the subject of a value, and the key's row in the table where there is one.
struct Subject {
  std::string name;  // "`tags`", "an item of `tags`"
  const Key* key = nullptr;
};

std::string_view wanted(const Type& type) {
  switch (type.form) {
    case Form::list: return "a list";
    case Form::mapping:
    case Form::object:
    case Form::patch: return "a mapping";
    case Form::integer: return "a whole number";
    case Form::boolean: return "`true` or `false`";
    case Form::either: return "text or a mapping";
    case Form::text: return "text";
  }
  return "text";
}

// `php-fpm -F` as a list: what someone who wrote a command line meant.
std::string as_list(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  for (const char c : cat(text, " "))
    if (quote != 0 ? c == quote : c == '"' || c == '\'')
      quote = quote != 0 ? '\0' : c;
    else if (quote != 0 || c != ' ')
      word += c;
    else if (!word.empty())
      words.push_back(cat("\"", printable(std::exchange(word, {}), 80), "\""));
  return cat("[", join(words, ", "), "]");
}

class ShapeCheck {
 public:
  ShapeCheck(const Table& table, const ShapeRules& rules, Findings& findings)
      : table_(table), rules_(rules), findings_(findings) {}

  void check(const Node& node, const Type& type, const Subject& subject) {
    if (node.unresolved) return;
    switch (type.form) {
      case Form::text: return check_text(node, type, subject);
      case Form::integer: return check_integer(node, type, subject);
      case Form::boolean: return check_boolean(node, type, subject);
      case Form::list: return check_list(node, type, subject);
      case Form::mapping: return check_mapping(node, type, subject);
      case Form::object: return check_object(node, table_[type.object], subject, node.where);
      case Form::either: return check(node, chosen(node, type), subject);
      case Form::patch: return expect(node, Kind::map, type, subject), void();
    }
  }

  void check_object(const Node& node, const Object& object, const Subject& subject, const Span& owner) {
    if (!expect(node, Kind::map, spec::object(object.name), subject)) return;
    for (const auto& member : node.members)
      if (const auto* key = object.find(member.key))
        check_value(member, key->type, {in_quotes(key->name), key});
      else if (!object.open)
        report_unknown_key(member, object);
    for (const auto& key : object.keys)
      if (key.required && node.member(key.name) == nullptr && !is_misspelt(node, object, key))
        findings_.error(owner, cat("this ", object.name, " is missing ", in_quotes(key.name)),
                        cat("add it, for example `", key.name, ": ", key.example, "`"));
  }

 private:
  // Of two types the one that the value was meant to have: a mapping may have a text or a list as its alternative.
  static const Type& chosen(const Node& node, const Type& type) {
    const bool first = type.of[0].form == Form::list ? node.kind == Kind::list : node.kind != Kind::map;
    return type.of[first ? 0 : 1];
  }

  // The value of a key: an object in it is blamed at its key.
  void check_value(const Member& member, const Type& type, const Subject& subject) {
    if (type.form == Form::object && !member.value.unresolved)
      check_object(member.value, table_[type.object], subject, member.where);
    else
      check(member.value, type, subject);
  }

  bool expect(const Node& node, Kind kind, const Type& type, const Subject& subject) {
    if (node.kind == kind) return true;
    if (node.kind == Kind::null)
      findings_.error(node.where, cat(subject.name, " has no value"),
                      example_hint(subject, "set a value, or remove the line"));
    else
      findings_.error(node.where, cat(subject.name, " must be ", wanted(type), ", not ", kind_name(node.kind)),
                      hint(node, type, subject));
    return false;
  }

  static std::string example_hint(const Subject& subject, std::string_view otherwise) {
    if (subject.key == nullptr) return std::string(otherwise);
    return cat("for example `", subject.key->name, ": ", subject.key->example, "`");
  }

  std::string hint(const Node& node, const Type& type, const Subject& subject) const {
    if (type.form == Form::list && node.kind == Kind::text && subject.key != nullptr) {
      const auto& key = subject.key->name;
      const bool has_words =
          key == "entrypoint" || key == "cmd" || (key == "install" && node.text.find('(') == std::string::npos);
      return cat("write a list: `", has_words ? as_list(node.text) : cat("[", printable(node.text, 60), "]"), "`");
    }
    const bool block = findings_.spec().text()[findings_.spec().offset(node.where)] != '{';
    if (type.form == Form::list && node.kind == Kind::map && block) return "start each item with `- `";
    return example_hint(subject, type.form == Form::object ? example(table_[type.object]) : "");
  }

  static std::string example(const Object& object) {
    std::vector<std::string> parts;
    for (const auto& key : object.keys)
      if (key.required) parts.push_back(cat(key.name, ": ", key.example));
    return parts.empty() ? "" : cat("for example `{ ", join(parts, ", "), " }`");
  }

  void check_text(const Node& node, const Type& type, const Subject& subject) {
    if (!expect(node, Kind::text, type, subject)) return;
    if (!type.choices.empty()) return check_choice(node, type, subject);
    if (rules_.allow_outside && is_path(type.format, node.text)) return;
    if (const auto format_error = row(type.format).format_error(node.text))
      findings_.error(node.where,
                      node.text.empty() ? cat(subject.name, " is empty")
                      : format_error->has_secret
                          ? cat(subject.name, " ", format_error->message)
                          : cat(subject.name, ": ", in_quotes(node.text), " ", format_error->message),
                      format_error->hint);
  }

  static bool is_path(Format format, const std::string& text) {
    return (format == Format::source && !text.empty()) || (format == Format::deb_request && text.ends_with(".deb"));
  }

  void check_choice(const Node& node, const Type& type, const Subject& subject) {
    if (std::ranges::count(type.choices, node.text) != 0) return;
    const auto near = nearest(node.text, type.choices);
    findings_.error(node.where, cat(subject.name, " cannot be ", in_quotes(node.text)),
                    near ? cat("did you mean `", *near, "`?") : cat("use one of `", join(type.choices, "`, `"), "`"));
  }

  void check_integer(const Node& node, const Type& type, const Subject& subject) {
    if (!expect(node, Kind::text, type, subject)) return;
    const auto number = parse_decimal(node.text);
    if (!number)
      findings_.error(node.where, cat(subject.name, " must be a whole number, not ", in_quotes(node.text)),
                      cat("use ", type.least, " to ", type.most, ", in decimal without leading zeros"));
    else if (*number < type.least || *number > type.most)
      findings_.error(node.where, cat(subject.name, " cannot be ", *number),
                      cat("use ", type.least, " to ", type.most));
  }

  void check_boolean(const Node& node, const Type& type, const Subject& subject) {
    if (!expect(node, Kind::text, type, subject)) return;
    if (node.text == "true" || node.text == "false") return;
    const auto said = lower(node.text);
    const bool yes = said == "yes" || said == "on" || said == "y" || said == "1" || said == "true";
    const bool no = said == "no" || said == "off" || said == "n" || said == "0" || said == "false";
    findings_.error(node.where, cat(subject.name, " must be `true` or `false`, not ", in_quotes(node.text)),
                    yes  ? "write `true`"
                    : no ? "write `false`"
                         : "");
  }

  void check_list(const Node& node, const Type& type, const Subject& subject) {
    if (!expect(node, Kind::list, type, subject)) return;
    for (const auto& item : node.items) check(item, type.of[0], {cat("an item of ", subject.name), nullptr});
  }

  void check_mapping(const Node& node, const Type& type, const Subject& subject) {
    if (!expect(node, Kind::map, type, subject)) return;
    for (const auto& member : node.members) {
      if (const auto format_error = row(type.format).format_error(member.key))
        findings_.error(member.where,
                        member.key.empty() ? "a name is empty" : cat(in_quotes(member.key), " ", format_error->message),
                        format_error->hint);
      check_value(member, type.of[0], {in_quotes(member.key), nullptr});
    }
  }

  // The known key that an unknown one stands for.
  static const Key* meant(const std::string& key, const Object& object) {
    for (const auto& known : object.keys)
      if (std::ranges::count(known.misnamed, key) != 0) return &known;
    if (const auto near = nearest(key, object.names())) return object.find(*near);
    if (const auto colon = key.find(':'); colon != std::string::npos) return object.find(key.substr(0, colon));
    for (const auto& known : object.keys)
      if (nearest(key, known.misnamed)) return &known;
    return nullptr;
  }

  static bool is_misspelt(const Node& node, const Object& object, const Key& key) {
    return std::ranges::any_of(node.members, [&](const Member& member) {
      return object.find(member.key) == nullptr && meant(member.key, object) == &key;
    });
  }

  void report_unknown_key(const Member& member, const Object& object) {
    const auto& key = member.key;
    std::string hint, help;
    if (findings_.is_full()) return;
    if (const auto* known = meant(key, object)) {
      const bool glued = key.starts_with(cat(known->name, ":"));
      hint = glued ? cat("write a space after the colon: `", known->name, ": ...`")
                   : cat("did you mean `", known->name, "`?");
    } else if (const auto* other = object_with(key)) {
      hint = other->path.empty() ? "it belongs at the top level of the document"
                                 : cat("it belongs in `", other->path, "`");
    } else {
      help = cat("valid keys here: ", join(object.names(), ", "));
    }
    findings_.error(member.where, cat("unknown key ", in_quotes(key)), std::move(hint), std::move(help));
  }

  // The first object that has this key: a line that is indented too much or too little.
  const Object* object_with(const std::string& key) const {
    for (const auto& object : table_.objects())
      if (object.find(key) != nullptr && !object.open) return &object;
    return nullptr;
  }

  const Table& table_;
  const ShapeRules& rules_;
  Findings& findings_;
};

}  // namespace

void check_shape(const Node& document, const Table& table, const ShapeRules& rules, Findings& findings) {
  ShapeCheck(table, rules, findings).check_object(document, table.root(), {"the document", nullptr}, {});
}

}  // namespace lapstrake::spec
