// What AWS's model of ECS says of RegisterTaskDefinition's input: one table for `check`, `register` and the sandbox.
// Members that the model lacks are no error: AWS adds some monthly.
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
  enum class Kind { text, integer, boolean, list, map, structure, choice } kind;  // choice: just one of its members
  std::span<const ModelMember> members = {};                                      // of a structure or choice
  std::size_t element = 0;                            // the shape of a list's elements, of a map's values
  std::span<const std::string_view> values = {};      // the closed set of a text's values; empty: any
  std::optional<std::int64_t> least = {}, most = {};  // of an integer; of the characters or elements of others
  std::string_view ascii = {};  // the ASCII characters that a text may have; empty: any. All others may stand there.
};

// The generated table (scripts/ecs-model.py).
std::span<const ModelShape> model_shapes();
const ModelShape& register_task_definition_shape();

// A value that the model refuses, or a member that it requires and that is missing.
struct ModelViolation {
  enum class Problem { kind, missing, value, range, characters, choice } problem;
  std::string pointer;       // a JSON pointer; of a missing member, where it belongs
  const ModelShape& shape;   // of the value
  const nlohmann::json& at;  // the value; of a missing member, the object that lacks it. It lives in the document.
};

// Everything in `document` that the model refuses, at any depth, in the document's order. A member that is null is
// absent, as in AWS's JSON protocol; an element of a list that is null is a value of another kind.
std::vector<ModelViolation> model_violations(const nlohmann::json& document);

// A member that the model lacks: ECS drops it, unless it is newer than the model.
struct UnknownMember {
  std::string pointer, name;
  const ModelShape& object;  // that has it
  const nlohmann::json& in;  // the object itself; it lives in the document
};
std::vector<UnknownMember> unknown_members(const nlohmann::json& document);

// Without the unknown members whose names `goes` holds for.
nlohmann::json without_unknown(nlohmann::json document, bool (*goes)(std::string_view name));

// Without the members of objects that are null, at any depth; the elements of lists stay.
nlohmann::json without_nulls(nlohmann::json document);

}  // namespace lapstrake::aws
