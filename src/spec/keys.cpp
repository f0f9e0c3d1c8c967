#include "keys.hpp"

#include <algorithm>
#include <iterator>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::spec {

Type text(Format format) { return {.form = Type::Form::text, .format = format}; }
Type choice(std::vector<std::string> choices) { return {.form = Type::Form::text, .choices = std::move(choices)}; }
Type integer(std::int64_t least, std::int64_t most) {
  return {.form = Type::Form::integer, .least = least, .most = most};
}
Type boolean() { return {.form = Type::Form::boolean}; }
Type list(Type of) { return {.form = Type::Form::list, .of = {std::move(of)}}; }
Type mapping(Format names, Type of) { return {.form = Type::Form::mapping, .format = names, .of = {std::move(of)}}; }
Type object(std::string name) { return {.form = Type::Form::object, .object = std::move(name)}; }
Type either(Type text, Type object) { return {.form = Type::Form::either, .of = {std::move(text), std::move(object)}}; }
Type patch() { return {.form = Type::Form::patch}; }

const Key* Object::find(std::string_view key) const {
  const auto found = std::ranges::find(keys, key, &Key::name);
  return found == keys.end() ? nullptr : &*found;
}

std::vector<std::string> Object::names() const {
  std::vector<std::string> out;
  std::ranges::transform(keys, std::back_inserter(out), &Key::name);
  return out;
}

Table::Table() {
  for (auto part : {document_objects(), image_objects(), repository_objects(), layer_objects()})
    std::ranges::move(part, std::back_inserter(objects_));
}

const Object& Table::operator[](std::string_view name) const {
  const auto found = std::ranges::find(objects_, name, &Object::name);
  if (found == objects_.end()) throw Error(ErrorKind::internal, cat("the table of keys has no object `", name, "`"));
  return *found;
}

}  // namespace lapstrake::spec
