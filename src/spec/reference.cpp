// The reference page of the spec, from the table of keys.
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/reference.hpp>

#include "keys.hpp"
#include "reference_prose.hpp"

namespace lapstrake::spec {
namespace {

using Form = Type::Form;

std::string title(const Object& object) { return object.path.empty() ? "The document" : cat("`", object.path, "`"); }

// GitHub's anchor of a heading.
std::string anchor(const Object& object) {
  std::string out;
  for (const char c : lower(title(object)))
    if (c == ' ')
      out += '-';
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')
      out += c;
  return out;
}

std::string type_words(const Type& type, const Table& table) {
  switch (type.form) {
    case Form::text:
      return type.choices.empty() ? std::string(row(type.format).words) : cat("`", join(type.choices, "`, `"), "`");
    case Form::integer: return cat("a whole number, ", type.least, " to ", type.most);
    case Form::boolean: return "`true` or `false`";
    case Form::list: return cat("a list: ", type_words(type.of[0], table));
    case Form::mapping: return cat("a mapping of names: ", type_words(type.of[0], table));
    case Form::object: return cat("[", type.object, "](#", anchor(table[type.object]), ")");
    case Form::either: return cat(type_words(type.of[0], table), ", or ", type_words(type.of[1], table));
    case Form::patch: return "[a merge patch](#environments)";
  }
  return "";
}

std::string cell(std::string text) { return replace_all(std::move(text), "|", "\\|"); }

std::string key_row(const Key& key, const Table& table) {
  std::string what = key.doc;
  if (!key.fallback.empty()) what += cat(" Default: ", key.fallback, ".");
  return cat("| `", key.name, "`", key.required ? " (required)" : "", " | ", cell(type_words(key.type, table)), " | ",
             cell(what), " | `", cell(key.example), "` |\n");
}

std::string section(const Object& object, const Table& table) {
  std::string out = cat("## ", title(object), "\n\n", object.doc,
                        "\n\n| key | value | description | example |\n| --- | --- | --- | --- |\n");
  for (const auto& key : object.keys) out += key_row(key, table);
  if (object.open) out += "| any other | a member of the AWS API | Passed through unchanged. | |\n";
  if (!object.example.empty()) out += cat("\n```yaml\n", object.example, "```\n");
  return out + "\n";
}

}  // namespace

std::string reference_markdown() {
  const Table table;
  std::string out = reference_opening();
  for (const auto& object : table.objects()) out += section(object, table);
  return out + reference_rules();
}

}  // namespace lapstrake::spec
