// The JSON Schema, from the table of keys. Two schemas come out of each object: one for the document, and one for
// environments, in which nothing is required and null removes.
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/schema.hpp>
#include <nlohmann/json.hpp>

#include "keys.hpp"

namespace lapstrake::spec {
namespace {

using Json = nlohmann::ordered_json;
using Form = Type::Form;

enum class Kind { document, patch };

// A variable may stand wherever text may; what it becomes only the reader knows.
constexpr const char* variable = R"(\$\{)";

std::string definition(const std::string& object, Kind kind) {
  return kind == Kind::patch ? cat(object, "_patch") : object;
}

Json reference(const std::string& object, Kind kind) { return {{"$ref", cat("#/$defs/", definition(object, kind))}}; }

// Editors' YAML readers make numbers and booleans of plain text, which the reader takes as it is written.
Json text_schema(const Type& type) {
  if (!type.choices.empty())
    return {{"anyOf", Json::array({Json{{"enum", type.choices}}, Json{{"type", "string"}, {"pattern", variable}}})}};
  const auto& form = row(type.format);
  Json out;
  if (type.format == Format::any)
    out["type"] = {"string", "number", "boolean"};
  else if (form.as_number)
    out["type"] = {"string", "number"};
  else
    out["type"] = "string";
  if (!form.pattern.empty()) out["pattern"] = cat("(", form.pattern, ")|", variable);
  return out;
}

Json schema(const Type& type, Kind kind);

Json nullable(Json schema, Kind kind) {
  if (kind == Kind::document) return schema;
  return {{"anyOf", Json::array({std::move(schema), Json{{"type", "null"}}})}};
}

Json mapping_schema(const Type& type, Kind kind) {
  Json out{{"type", "object"}};
  if (const auto& pattern = row(type.format).pattern; !pattern.empty()) out["propertyNames"] = {{"pattern", pattern}};
  out["additionalProperties"] = nullable(schema(type.of[0], kind), kind);
  return out;
}

Json schema(const Type& type, Kind kind) {
  switch (type.form) {
    case Form::text: return text_schema(type);
    case Form::integer:
      return {{"type", {"integer", "string"}},
              {"pattern", cat("^-?(0|[1-9][0-9]*)$|", variable)},
              {"minimum", type.least},
              {"maximum", type.most}};
    case Form::boolean:
      return {{"anyOf", Json::array({Json{{"enum", {true, false, "true", "false"}}},
                                     Json{{"type", "string"}, {"pattern", variable}}})}};
    case Form::list: return {{"type", "array"}, {"items", schema(type.of[0], kind)}};
    case Form::mapping: return mapping_schema(type, kind);
    case Form::object: return reference(type.object, kind);
    case Form::either: return {{"anyOf", Json::array({schema(type.of[0], kind), schema(type.of[1], kind)})}};
    case Form::patch: return reference("spec", Kind::patch);
  }
  return {};
}

std::string description(const Key& key) {
  return key.fallback.empty() ? key.doc : cat(key.doc, " Default: ", key.fallback, ".");
}

Json object_schema(const Object& object, Kind kind) {
  Json out{{"type", "object"}, {"description", object.doc}};
  if (kind == Kind::document && object.path.empty()) out["minProperties"] = 1;
  Json properties = Json::object();
  Json required = Json::array();
  for (const auto& key : object.keys) {
    if (kind == Kind::patch && key.type.form == Form::patch) continue;  // environments do not nest
    auto property = nullable(schema(key.type, kind), kind);
    property["description"] = description(key);
    properties[key.name] = std::move(property);
    if (key.required && (kind == Kind::document)) required.push_back(key.name);
  }
  out["properties"] = std::move(properties);
  if (!required.empty()) out["required"] = std::move(required);
  out["additionalProperties"] = object.open;
  return out;
}

}  // namespace

std::string json_schema() {
  const Table table;
  Json out{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
           {"title", "lapstrake.yaml"},
           {"$ref", "#/$defs/spec"},
           {"$defs", Json::object()}};
  for (const auto kind : {Kind::document, Kind::patch})
    for (const auto& object : table.objects())
      out["$defs"][definition(object.name, kind)] = object_schema(object, kind);
  return out.dump(2) + "\n";
}

}  // namespace lapstrake::spec
