// Debian control data: the format of Packages and Release files, of dpkg's status, of a package's own `control`, and of
// apt's `.sources` (Debian Policy 5.1; deb822(5)).
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

struct Field {
  std::string_view name, value;  // without blanks around it; further lines with their line breaks, as written
};

// One paragraph: views of the text, which must outlive it.
class Stanza {
 public:
  Stanza(std::string_view text, std::vector<Field> fields) : text_(text), fields_(std::move(fields)) {}
  // Names are compared without case. The value of the first field with the name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::string_view value(std::string_view name) const;  // empty if there is no such field
  const std::vector<Field>& fields() const { return fields_; }
  std::string_view text() const { return text_; }  // with the last line break, without blank lines

 private:
  std::string_view text_;
  std::vector<Field> fields_;
};

// Calls `each` for every paragraph. Comments (`#`) are skipped. Error{integrity} with the line for text that is not of
// this form: a line without `:`, a continuation without a field, a duplicate field, NUL bytes. `what`: for messages.
void for_each_stanza(std::string_view text, std::string_view what, const std::function<void(const Stanza&)>& each);
// The only paragraph. Error{integrity} if there are none or several.
Stanza single_stanza(std::string_view text, std::string_view what);

// The lines of a value that has several, without blanks around them and without empty ones.
std::vector<std::string_view> lines_of(std::string_view value);
// The words of a value, separated by blanks and line breaks.
std::vector<std::string_view> words_of(std::string_view value);

}  // namespace lapstrake::packages::deb
