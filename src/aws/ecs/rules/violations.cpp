// Converts violations of the model to findings. They cannot be ignored.
#include <algorithm>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>

#include "rules.hpp"
#include "words.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;
using Kind = ModelShape::Kind;

// "`memory`", "`command[1]`"
std::string name_of(const std::string& pointer) {
  auto steps = split(pointer, '/');
  std::string indices;
  while (steps.size() > 2 && parse_integer(steps.back())) {
    indices = cat("[", steps.back(), "]", indices);
    steps.pop_back();
  }
  return cat("`", replace_all(replace_all(steps.back(), "~1", "/"), "~0", "~"), indices, "`");
}

// "`command`" of "`command[1]`"
std::string without_index(const std::string& name) {
  const auto bracket = name.find('[');
  return bracket == std::string::npos ? name : cat(name.substr(0, bracket), "`");
}

// The object that lacks a member: "`logConfiguration`", "an entry of `secrets`", "the task definition"
std::string owner_of(const std::string& member_pointer) {
  const auto pointer = member_pointer.substr(0, member_pointer.rfind('/'));
  if (pointer.empty()) return "the task definition";
  const auto name = name_of(pointer);
  const auto list = without_index(name);
  return list == name ? name : cat("an entry of ", list);
}

std::string list_article(const ModelShape& element) {
  if (element.kind == Kind::text) return "a list of strings";
  if (element.kind == Kind::integer) return "a list of whole numbers";
  if (element.members.size() == 2)
    return cat("a list of `", element.members[0].name, "` and `", element.members[1].name, "`");
  return "a list of objects";
}

std::string article(const ModelShape& shape) {
  switch (shape.kind) {
    case Kind::text: return "a string";
    case Kind::integer: return "a whole number";
    case Kind::boolean: return "true or false";
    case Kind::list: return list_article(model_shapes()[shape.element]);
    case Kind::map: return "an object of strings";
    case Kind::structure:
    case Kind::choice: return "an object";
  }
  return "";
}

std::string shown(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

// "npm start" -> ["npm", "start"], as a shell splits plain words.
std::string as_list(const std::string& text) {
  json words = json::array();
  for (const auto& word : split(text, ' '))
    if (!word.empty()) words.push_back(word);
  return shown(words);
}

// The name of the list or map that a value is in: "environment" of "/containerDefinitions/0/environment/2".
std::string list_name(const std::string& pointer) {
  auto steps = split(pointer, '/');
  while (steps.size() > 2 && parse_integer(steps.back())) steps.pop_back();
  return std::string(steps.back());
}

// "80", "8080:80", "127.0.0.1:8080:80/udp" as compose files have it.
std::optional<json> as_port_mapping(std::string_view text) {
  json out = json::object();
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    out["protocol"] = text.substr(slash + 1);
    text = text.substr(0, slash);
  }
  const auto parts = split(text, ':');
  const auto container = parse_integer(parts.back());
  if (!container) return std::nullopt;
  out["containerPort"] = *container;
  if (parts.size() > 1)
    if (const auto host = parse_integer(parts[parts.size() - 2])) out["hostPort"] = *host;
  return out;
}

// The object that ECS has for an entry which other tools write as one string.
std::optional<json> as_entry(const std::string& list, const std::string& text) {
  const auto divided = [&](char mark) {
    const auto at = text.find(mark);
    return std::pair(text.substr(0, at), at == std::string::npos ? std::string() : text.substr(at + 1));
  };
  if (list == "environment") return json{{"name", divided('=').first}, {"value", divided('=').second}};
  if (list == "secrets") return json{{"name", divided('=').first}, {"valueFrom", "arn:aws:secretsmanager:..."}};
  if (list == "portMappings") return as_port_mapping(text);
  if (list == "mountPoints") {
    const auto rest = divided(':').second;
    return json{{"sourceVolume", divided(':').first}, {"containerPath", rest.substr(0, rest.find(':'))}};
  }
  if (list == "dependsOn") return json{{"containerName", text}, {"condition", "START"}};
  if (list == "volumes") return json{{"name", divided(':').first}};
  if (list == "extraHosts") return json{{"hostname", divided(':').first}, {"ipAddress", divided(':').second}};
  if (list == "environmentFiles") return json{{"type", "s3"}, {"value", "arn:aws:s3:::BUCKET/FILE.env"}};
  return std::nullopt;
}

// {"A": "b"} -> [{"name": "A", "value": "b"}] where ECS has a list of such pairs.
std::optional<json> as_pairs(const json& object, const ModelShape& element) {
  if (element.members.size() != 2 || (element.members[0].name != "name" && element.members[0].name != "key") ||
      object.empty())
    return std::nullopt;
  const auto first = object.begin();
  return json::array({{{std::string(element.members[0].name), first.key()},
                       {std::string(element.members[1].name), as_string(first.value())}}});
}

std::string help_for_kind(const ModelViolation& violation) {
  const auto& value = violation.at;
  const auto& shape = violation.shape;
  constexpr std::size_t most_shown = 60;
  const bool is_short = value.is_primitive() && shown(value).size() <= most_shown;
  const auto element = shape.kind == Kind::list ? model_shapes()[shape.element].kind : shape.kind;
  if (value.is_string() && is_short && shape.kind == Kind::list && element == Kind::text)
    return cat("write a list: ", as_list(value.get<std::string>()));
  if (value.is_string() && is_short && (shape.kind == Kind::integer || shape.kind == Kind::boolean))
    return cat("ECS does not accept a string here: remove the quotes around ", value.dump());
  if (shape.kind == Kind::text && (value.is_number() || value.is_boolean()))
    return cat("quote it: \"", value.dump(), "\"");
  if (value.is_array() && value.empty() && (shape.kind == Kind::map || shape.kind == Kind::structure))
    return "write an object `{...}`, or remove it";
  if (value.is_primitive() && is_short && shape.kind == Kind::structure)
    if (const auto entry =
            as_entry(list_name(violation.pointer), value.is_string() ? value.get<std::string>() : shown(value)))
      return cat("write ", shown(*entry));
  if (value.is_object() && shape.kind == Kind::list && element == Kind::structure)
    if (const auto pairs = as_pairs(value, model_shapes()[shape.element])) return cat("write a list: ", shown(*pairs));
  if (value.is_object() && shape.kind == Kind::list && element == Kind::structure)
    return "wrap it in a list: `[{...}]`";
  return cat("write ", article(shape));
}

std::string found_instead(const json& value) {
  if (value.is_number()) return ", not a number";
  return value.is_boolean() || value.is_null() ? cat(", not ", value.dump()) : "";
}

Finding wrong_kind(const ModelViolation& violation) {
  const auto message = violation.pointer.empty() ? std::string("the task definition") : name_of(violation.pointer);
  return {.pointer = violation.pointer,
          .message = cat(message, " must be ", article(violation.shape),
                         violation.shape.kind == Kind::text ? found_instead(violation.at) : ""),
          .help = help_for_kind(violation)};
}

Finding wrong_value(const ModelViolation& violation) {
  const auto& value = violation.at.get_ref<const std::string&>();
  const std::vector<std::string> values(violation.shape.values.begin(), violation.shape.values.end());
  auto near = nearest(value, values);
  for (const auto& each : values)
    if (lower(each) == lower(value)) near = each;
  const auto all = values.size() == 1 ? cat("write ", values[0]) : cat("one of ", join(values, ", "));
  return {.pointer = violation.pointer,
          .message = cat("`", value, "` is not a valid value of ", without_index(name_of(violation.pointer))),
          .help = near ? cat("did you mean `", *near, "`? (", all, ")") : all};
}

std::string bounds(const ModelShape& shape) {
  if (shape.least && shape.most) return cat(*shape.least, " to ", *shape.most);
  if (shape.least) return cat("at least ", *shape.least);
  return shape.most ? cat("at most ", *shape.most) : std::string("a 32-bit integer");
}

Finding out_of_range(const ModelViolation& violation) {
  const auto name = name_of(violation.pointer);
  const auto limits = bounds(violation.shape);
  if (violation.shape.kind == Kind::integer)
    return {.pointer = violation.pointer,
            .message = cat(name, " cannot be ", violation.at.dump()),
            .help = cat("write ", limits)};
  const std::string_view of = violation.shape.kind == Kind::list ? " entries" : " characters";
  return {
      .pointer = violation.pointer, .message = cat(name, " must have ", limits, of), .help = cat("use ", limits, of)};
}

Finding finding_of(const ModelViolation& violation) {
  if (violation.problem != ModelViolation::Problem::missing && violation.at.is_string())
    if (const auto placeholder = placeholder_in(violation.at.get_ref<const std::string&>()); !placeholder.empty())
      return {.pointer = violation.pointer,
              .message = cat("unfilled placeholder `", placeholder, "`"),
              .help = cat("replace `", placeholder, "` with its value")};
  switch (violation.problem) {
    case ModelViolation::Problem::kind: return wrong_kind(violation);
    case ModelViolation::Problem::value: return wrong_value(violation);
    case ModelViolation::Problem::range: return out_of_range(violation);
    case ModelViolation::Problem::missing:
      return {.pointer = violation.pointer,
              .message = cat(owner_of(violation.pointer), " has no ", name_of(violation.pointer)),
              .help = cat("add ", name_of(violation.pointer), ", ", article(violation.shape))};
    case ModelViolation::Problem::characters:
      return {.pointer = violation.pointer,
              .message = cat(name_of(violation.pointer), " contains a character that ECS does not accept"),
              .help = cat("use letters, digits, spaces and these: ", "+ - . / : = @ _")};
    case ModelViolation::Problem::choice:
      return {.pointer = violation.pointer,
              .message = cat(name_of(violation.pointer), " must have exactly one member"),
              .help = cat("write `", violation.shape.members.front().name, "`")};
  }
  return {};
}

bool is_at_or_below(const std::string& pointer, const std::string& place) {
  return pointer == place || pointer.starts_with(place + "/");
}

}  // namespace

std::vector<Finding> with_model_violations(const json& document, std::vector<Finding> findings) {
  std::vector<Finding> all;
  for (const auto& violation : model_violations(document)) {
    // What a rule says of a value of another kind is nonsense; of the rest a rule that knows more speaks nearer.
    if (violation.problem == ModelViolation::Problem::kind)
      std::erase_if(findings, [&](const auto& each) { return is_at_or_below(each.pointer, violation.pointer); });
    const bool is_said = std::any_of(findings.begin(), findings.end(), [&](const auto& each) {
      return each.pointer == violation.pointer && each.severity == Finding::Severity::error && each.rule.empty();
    });
    if (!is_said) all.push_back(finding_of(violation));
  }
  all.insert(all.end(), std::make_move_iterator(findings.begin()), std::make_move_iterator(findings.end()));
  return all;
}

}  // namespace lapstrake::aws
