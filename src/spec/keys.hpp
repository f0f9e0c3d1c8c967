// The table of keys, from which the validation, the JSON Schema and the reference page are generated.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats.hpp"

namespace lapstrake::spec {

// The type of the value of a key.
struct Type {
  enum class Form { text, integer, boolean, list, mapping, object, either, patch };
  Form form = Form::text;
  Format format = Format::any;            // text: its format; mapping: the format of its names
  std::vector<std::string> choices = {};  // text: only these values
  std::int64_t least = 0, most = 0;       // integer
  std::string object = {};                // object: its name in the table
  std::vector<Type> of = {};  // list, mapping: type of their elements; either: text or list, and another type
};

Type text(Format format = Format::any);
Type choice(std::vector<std::string> choices);
Type integer(std::int64_t least, std::int64_t most);
Type boolean();
Type list(Type of);
Type mapping(Format names, Type of);  // any names, all values of the same type
Type object(std::string name);
Type either(Type text_or_list, Type mapping);
Type patch();  // a merge patch over the whole document

struct Key {
  std::string name;
  Type type;
  bool required = false;
  std::string doc;                         // one sentence or two, without markup but backquotes
  std::string example;                     // the value of the key
  std::string fallback = {};               // the default, in words or as a value; empty: nothing
  std::vector<std::string> misnamed = {};  // names of it in other tools
};

struct Object {
  std::string name;  // "layer"
  std::string path;  // "images.NAME.layers[]"; empty for the whole document
  std::string doc;
  std::string example;  // a whole small spec
  std::vector<Key> keys;
  bool open = false;  // members of the AWS API are allowed too

  const Key* find(std::string_view key) const;
  std::vector<std::string> names() const;
};

// Keys that several steps have.
Key owner_key(std::string fallback);
Key include_key(std::string doc);
Key exclude_key(std::string doc);

class Table {
 public:
  Table();
  const Object& operator[](std::string_view name) const;
  const Object& root() const { return objects_.front(); }
  const std::vector<Object>& objects() const noexcept { return objects_; }

 private:
  std::vector<Object> objects_;  // the whole document first
};

// The table's parts.
std::vector<Object> document_objects();
std::vector<Object> service_objects();
std::vector<Object> image_objects();
std::vector<Object> repository_objects();
std::vector<Object> layer_objects();
std::vector<Object> package_objects();
std::vector<Object> deb_objects();

// `deb:` of a layer, and that of an image, which may be a list.
Key deb_key(std::string doc, bool is_list);

}  // namespace lapstrake::spec
