// AWS's model of the input of RegisterTaskDefinition: one table for `check`, `register` and the sandbox. Members that
// are not in the model are not errors: AWS adds some monthly.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::aws {

struct ModelMember {
  std::string_view name;
  std::size_t shape;  // an index of model_shapes()
  bool is_required = false;
};

struct ModelShape {
  enum class Kind { text, integer, boolean, list, map, structure, choice } kind;  // choice: exactly one of its members
  std::span<const ModelMember> members = {};                                      // of a structure or choice
  std::size_t element = 0;                            // the shape of a list's elements, of a map's values
  std::span<const std::string_view> values = {};      // the closed set of a text's values; empty: any
  std::optional<std::int64_t> least = {}, most = {};  // of an integer; of the characters or elements of others
  std::string_view ascii =
      {};  // the ASCII characters that a text may have; empty: any. All other characters are allowed.
};

// The generated table (scripts/ecs-model.py).
std::span<const ModelShape> model_shapes();
const ModelShape& register_task_definition_shape();

// A value that the model rejects, or a required member that is missing.
struct ModelViolation {
  enum class Problem { kind, missing, value, range, characters, choice } problem;
  std::string pointer;       // a JSON pointer; for a missing member, the pointer that it would have
  const ModelShape& shape;   // of the value
  const nlohmann::json& at;  // the value; for a missing member, its parent object. It lives in the document.
};

// All violations of the model in `document`, at any depth, in the document's order. A member that is null is
// absent, as in AWS's JSON protocol; a null element of a list is a value of the wrong kind.
std::vector<ModelViolation> model_violations(const nlohmann::json& document);

// A member that is not in the model: ECS drops it, unless it is newer than the model.
struct UnknownMember {
  std::string pointer, name;
  const ModelShape& object;  // that contains it
  const nlohmann::json& in;  // the object itself; it lives in the document
};
std::vector<UnknownMember> unknown_members(const nlohmann::json& document);

// The document without the unknown members whose names satisfy `goes`.
nlohmann::json without_unknown(nlohmann::json document, bool (*goes)(std::string_view name));

// The document without members of objects that are null, at any depth; the elements of lists stay.
nlohmann::json without_nulls(nlohmann::json document);

}  // namespace lapstrake::aws
