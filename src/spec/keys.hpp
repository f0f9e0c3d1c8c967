// The one table of keys: the reader's validation, the JSON Schema and the reference page all come from it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats.hpp"

namespace lapstrake::spec {

// What may stand behind a key.
struct Type {
  enum class Form { text, integer, boolean, list, mapping, object, either, patch };
  Form form = Form::text;
  Format format = Format::any;            // text: its form; mapping: the form of its names
  std::vector<std::string> choices = {};  // text: these alone
  std::int64_t least = 0, most = 0;       // integer
  std::string object = {};                // object: its name in the table
  std::vector<Type> of = {};              // list, mapping: what they hold; either: text and object
};

Type text(Format format = Format::any);
Type choice(std::vector<std::string> choices);
Type integer(std::int64_t least, std::int64_t most);
Type boolean();
Type list(Type of);
Type mapping(Format names, Type of);  // any names, each with a value of the same type
Type object(std::string name);
Type either(Type text, Type object);
Type patch();  // a merge patch over the whole document

struct Key {
  std::string name;
  Type type;
  bool required = false;
  std::string doc;                         // one sentence or two, without markup but backquotes
  std::string example;                     // as it stands behind the key
  std::string fallback = {};               // what holds when the key is absent, in words or as a value; empty: nothing
  std::vector<std::string> misnamed = {};  // what other tools call it
};

struct Object {
  std::string name;  // "layer"
  std::string path;  // "images.NAME.layers[]"; empty for the whole document
  std::string doc;
  std::string example;  // a whole small spec
  std::vector<Key> keys;
  bool open = false;  // AWS's own members may stand beside these keys

  const Key* find(std::string_view key) const;
  std::vector<std::string> names() const;
};

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
std::vector<Object> image_objects();
std::vector<Object> repository_objects();
std::vector<Object> layer_objects();

}  // namespace lapstrake::spec
