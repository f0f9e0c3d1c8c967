#include "shape.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::spec {
namespace {

using Form = Type::Form;
using Kind = Node::Kind;

// How messages call the place of a value, and the key's row in the table where there is one.
struct Place {
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
  for (const auto& word : split(text, ' '))
    if (!word.empty()) words.push_back(cat("\"", printable(word, 80), "\""));
  return cat("[", join(words, ", "), "]");
}

class ShapeCheck {
 public:
  ShapeCheck(const Table& table, const ShapeRules& rules, Findings& findings)
      : table_(table), rules_(rules), findings_(findings) {}

  void check(const Node& node, const Type& type, const Place& place) {
    if (node.unresolved) return;
    switch (type.form) {
      case Form::text: return check_text(node, type, place);
      case Form::integer: return check_integer(node, type, place);
      case Form::boolean: return check_boolean(node, type, place);
      case Form::list: return check_list(node, type, place);
      case Form::mapping: return check_mapping(node, type, place);
      case Form::object: return check_object(node, table_[type.object], place, node.where);
      case Form::either: return check(node, node.kind == Kind::map ? type.of[1] : type.of[0], place);
      case Form::patch: return expect(node, Kind::map, type, place), void();
    }
  }

  void check_object(const Node& node, const Object& object, const Place& place, const Span& owner) {
    if (!expect(node, Kind::map, spec::object(object.name), place)) return;
    for (const auto& member : node.members)
      if (const auto* key = object.find(member.key))
        check_value(member, key->type, {in_quotes(key->name), key});
      else if (!object.open)
        tell_unknown(member, object);
    for (const auto& key : object.keys)
      if (key.required && node.member(key.name) == nullptr)
        findings_.error(owner, cat("this ", object.name, " has no ", in_quotes(key.name)),
                        cat("for example `", key.name, ": ", key.example, "`"));
  }

 private:
  // The value of a key: an object in it is blamed at its key.
  void check_value(const Member& member, const Type& type, const Place& place) {
    if (type.form == Form::object && !member.value.unresolved)
      check_object(member.value, table_[type.object], place, member.where);
    else
      check(member.value, type, place);
  }

  bool expect(const Node& node, Kind kind, const Type& type, const Place& place) {
    if (node.kind == kind) return true;
    if (node.kind == Kind::null)
      findings_.error(node.where, cat(place.name, " has no value"),
                      example_hint(place, "give it one, or remove the line"));
    else
      findings_.error(node.where, cat(place.name, " takes ", wanted(type), ", and this is ", kind_name(node.kind)),
                      hint(node, type, place));
    return false;
  }

  static std::string example_hint(const Place& place, std::string_view otherwise) {
    if (place.key == nullptr) return std::string(otherwise);
    return cat("for example `", place.key->name, ": ", place.key->example, "`");
  }

  static std::string hint(const Node& node, const Type& type, const Place& place) {
    if (type.form == Form::list && node.kind == Kind::text && place.key != nullptr) {
      const bool is_command = place.key->name == "entrypoint" || place.key->name == "cmd";
      return cat("write a list: `", is_command ? as_list(node.text) : cat("[", printable(node.text, 60), "]"), "`");
    }
    if (type.form == Form::list && node.kind == Kind::map && place.key != nullptr) return "start each item with `- `";
    return example_hint(place, "");
  }

  void check_text(const Node& node, const Type& type, const Place& place) {
    if (!expect(node, Kind::text, type, place)) return;
    if (!type.choices.empty()) return check_choice(node, type, place);
    if (type.format == Format::source && rules_.allow_outside && !node.text.empty()) return;
    if (const auto complaint = row(type.format).complaint(node.text))
      findings_.error(node.where, cat(place.name, ": ", in_quotes(node.text), " ", complaint->message),
                      complaint->hint);
  }

  void check_choice(const Node& node, const Type& type, const Place& place) {
    if (std::ranges::count(type.choices, node.text) != 0) return;
    const auto near = nearest(node.text, type.choices);
    findings_.error(node.where, cat(place.name, " cannot be ", in_quotes(node.text)),
                    near ? cat("did you mean `", *near, "`?") : cat("one of `", join(type.choices, "`, `"), "`"));
  }

  void check_integer(const Node& node, const Type& type, const Place& place) {
    if (!expect(node, Kind::text, type, place)) return;
    const auto number = parse_decimal(node.text);
    if (!number)
      findings_.error(node.where, cat(place.name, " takes a whole number, and ", in_quotes(node.text), " is none"),
                      "in decimal, without leading zeros");
    else if (*number < type.least || *number > type.most)
      findings_.error(node.where, cat(place.name, " cannot be ", *number), cat(type.least, " to ", type.most));
  }

  void check_boolean(const Node& node, const Type& type, const Place& place) {
    if (!expect(node, Kind::text, type, place)) return;
    if (node.text == "true" || node.text == "false") return;
    const auto said = lower(node.text);
    const bool yes = said == "yes" || said == "on" || said == "y" || said == "1" || said == "true";
    const bool no = said == "no" || said == "off" || said == "n" || said == "0" || said == "false";
    findings_.error(node.where, cat(place.name, " takes `true` or `false`, and this is ", in_quotes(node.text)),
                    yes  ? "write `true`"
                    : no ? "write `false`"
                         : "");
  }

  void check_list(const Node& node, const Type& type, const Place& place) {
    if (!expect(node, Kind::list, type, place)) return;
    for (const auto& item : node.items) check(item, type.of[0], {cat("an item of ", place.name), nullptr});
  }

  void check_mapping(const Node& node, const Type& type, const Place& place) {
    if (!expect(node, Kind::map, type, place)) return;
    for (const auto& member : node.members) {
      if (const auto complaint = row(type.format).complaint(member.key))
        findings_.error(member.where, cat(in_quotes(member.key), " ", complaint->message), complaint->hint);
      check_value(member, type.of[0], {in_quotes(member.key), nullptr});
    }
  }

  void tell_unknown(const Member& member, const Object& object) {
    const auto& key = member.key;
    findings_.error(member.where, cat("unknown key ", in_quotes(key)), suggestion(key, object));
  }

  std::string suggestion(const std::string& key, const Object& object) const {
    for (const auto& known : object.keys)
      if (std::ranges::count(known.misnamed, key) != 0) return cat("did you mean `", known.name, "`?");
    if (const auto near = nearest(key, object.names())) return cat("did you mean `", *near, "`?");
    if (const auto colon = key.find(':'); colon != std::string::npos && object.find(key.substr(0, colon)) != nullptr)
      return cat("write a space after the colon: `", key.substr(0, colon), ": ", printable(key.substr(colon + 1), 40),
                 "`");
    for (const auto& other : table_.objects())
      if (other.find(key) != nullptr && !other.open)
        return other.place.empty() ? "it belongs to the top of the document" : cat("it belongs to `", other.place, "`");
    return cat("known here: ", join(object.names(), ", "));
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
