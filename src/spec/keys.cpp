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
Type either(Type text_or_list, Type mapping) {
  return {.form = Type::Form::either, .of = {std::move(text_or_list), std::move(mapping)}};
}
Type patch() { return {.form = Type::Form::patch}; }

Key owner_key(std::string fallback) {
  return {"owner",
          text(Format::owner),
          false,
          "USER or USER:GROUP, each a number or a name in the image.",
          "33:33",
          std::move(fallback),
          {"chown", "user"}};
}

Key include_key(std::string doc) {
  return {"include",    list(text(Format::some)), false, std::move(doc), "[\"**/*.php\"]",
          "everything", {"includes", "only"}};
}

Key exclude_key(std::string doc) {
  return {"exclude", list(text(Format::some)), false, std::move(doc), "[\"**/*.map\"]",
          "nothing", {"excludes", "ignore"}};
}

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
  for (auto part : {document_objects(), service_objects(), image_objects(), repository_objects(), layer_objects(),
                    package_objects(), deb_objects()})
    std::ranges::move(part, std::back_inserter(objects_));
}

const Object& Table::operator[](std::string_view name) const {
  const auto found = std::ranges::find(objects_, name, &Object::name);
  if (found == objects_.end()) throw Error(ErrorKind::internal, cat("the table of keys has no object `", name, "`"));
  return *found;
}

}  // namespace lapstrake::spec
