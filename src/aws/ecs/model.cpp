// Checks documents against the model.
#include <algorithm>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>
#include <limits>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

bool is_of_kind(const json& value, ModelShape::Kind kind) {
  switch (kind) {
    case ModelShape::Kind::text: return value.is_string();
    case ModelShape::Kind::integer: return value.is_number_integer();
    case ModelShape::Kind::boolean: return value.is_boolean();
    case ModelShape::Kind::list: return value.is_array();
    case ModelShape::Kind::map:
    case ModelShape::Kind::structure:
    case ModelShape::Kind::choice: return value.is_object();
  }
  return false;
}

// Smithy's integer has 32 bits.
bool is_in_range(const json& value, const ModelShape& shape) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(Limits::max()))
    return false;
  const auto number = value.get<std::int64_t>();
  return number >= shape.least.value_or(Limits::min()) && number <= shape.most.value_or(Limits::max());
}

bool is_size_in_range(std::size_t size, const ModelShape& shape) {
  const auto count = static_cast<std::int64_t>(size);
  return count >= shape.least.value_or(0) && count <= shape.most.value_or(std::numeric_limits<std::int64_t>::max());
}

bool has_allowed_characters(const std::string& text, std::string_view ascii) {
  return ascii.empty() || std::all_of(text.begin(), text.end(), [&](char c) {
           return static_cast<unsigned char>(c) >= 0x80U || ascii.find(c) != std::string_view::npos;
         });
}

class ShapeCheck {
 public:
  void visit(const json& value, const ModelShape& shape, const std::string& pointer) {
    if (!is_of_kind(value, shape.kind)) return add(ModelViolation::Problem::kind, pointer, shape, value);
    switch (shape.kind) {
      case ModelShape::Kind::text: return text(value, shape, pointer);
      case ModelShape::Kind::integer:
        if (!is_in_range(value, shape)) add(ModelViolation::Problem::range, pointer, shape, value);
        return;
      case ModelShape::Kind::boolean: return;
      case ModelShape::Kind::list: return list(value, shape, pointer);
      case ModelShape::Kind::map:
        for (const auto& [name, inner] : value.items())
          if (!inner.is_null()) visit(inner, model_shapes()[shape.element], below(pointer, name));
        return;
      case ModelShape::Kind::structure:
      case ModelShape::Kind::choice: return structure(value, shape, pointer);
    }
  }

  std::vector<ModelViolation> take() && { return std::move(found_); }
  std::vector<UnknownMember> take_unknown() && { return std::move(unknown_); }

 private:
  void add(ModelViolation::Problem problem, std::string pointer, const ModelShape& shape, const json& at) {
    found_.push_back({problem, std::move(pointer), shape, at});
  }

  void text(const json& value, const ModelShape& shape, const std::string& pointer) {
    const auto& content = value.get_ref<const std::string&>();
    if (!shape.values.empty() && std::find(shape.values.begin(), shape.values.end(), content) == shape.values.end())
      add(ModelViolation::Problem::value, pointer, shape, value);
    else if (!is_size_in_range(character_count(content), shape))
      add(ModelViolation::Problem::range, pointer, shape, value);
    else if (!has_allowed_characters(content, shape.ascii))
      add(ModelViolation::Problem::characters, pointer, shape, value);
  }

  void list(const json& value, const ModelShape& shape, const std::string& pointer) {
    if (!is_size_in_range(value.size(), shape)) add(ModelViolation::Problem::range, pointer, shape, value);
    for (std::size_t i = 0; i < value.size(); ++i) visit(value[i], model_shapes()[shape.element], below(pointer, i));
  }

  void structure(const json& value, const ModelShape& shape, const std::string& pointer) {
    std::size_t known = 0;
    for (const auto& member : shape.members) {
      const auto found = value.find(member.name);
      const bool is_there = found != value.end() && !found->is_null();
      if (is_there) visit(*found, model_shapes()[member.shape], below(pointer, member.name));
      if (is_there) ++known;
      if (!is_there && member.is_required)
        add(ModelViolation::Problem::missing, below(pointer, member.name), model_shapes()[member.shape], value);
    }
    for (const auto& item : value.items()) {
      const auto& name = item.key();
      if (std::none_of(shape.members.begin(), shape.members.end(), [&](const auto& each) { return each.name == name; }))
        unknown_.push_back({below(pointer, name), name, shape, value});
    }
    if (shape.kind != ModelShape::Kind::choice) return;
    const bool has_more = std::any_of(value.begin(), value.end(), [](const json& each) { return !each.is_null(); });
    if (known > 1 || (known == 0 && !has_more)) add(ModelViolation::Problem::choice, pointer, shape, value);
  }

  std::vector<ModelViolation> found_;
  std::vector<UnknownMember> unknown_;
};

}  // namespace

std::vector<ModelViolation> model_violations(const json& document) {
  ShapeCheck walk;
  walk.visit(document, register_task_definition_shape(), "");
  return std::move(walk).take();
}

std::vector<UnknownMember> unknown_members(const json& document) {
  ShapeCheck walk;
  walk.visit(document, register_task_definition_shape(), "");
  return std::move(walk).take_unknown();
}

json without_unknown(json document, bool (*goes)(std::string_view name)) {
  std::vector<json::json_pointer> places;
  for (const auto& member : unknown_members(document))
    if (goes(member.name)) places.emplace_back(member.pointer);
  for (const auto& place : places) document.at(place.parent_pointer()).erase(place.back());
  return document;
}

json without_nulls(json document) {
  if (document.is_object())
    for (auto member = document.begin(); member != document.end();) {
      if (member->is_null())
        member = document.erase(member);
      else
        ++member;
    }
  if (document.is_structured())
    for (auto& inner : document) inner = without_nulls(std::move(inner));
  return document;
}

}  // namespace lapstrake::aws
