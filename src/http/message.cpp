#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/message.hpp>

namespace lapstrake::http {
namespace {

bool same_name(std::string_view a, std::string_view b) { return lower(a) == lower(b); }

// RFC 9110 5.6.2 "token"; a value with a line break would start another header.
void check(std::string_view name, std::string_view value) {
  static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  const bool is_token = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.find(c) != marks.npos;
  });
  if (!is_token) throw Error(ErrorKind::internal, cat("invalid header name `", printable(name, 64), "`"));
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos)
    throw Error(ErrorKind::internal, cat("the value of the header `", name, "` has a line break or a NUL byte"));
}

}  // namespace

Headers::Headers(std::initializer_list<std::pair<std::string, std::string>> fields) {
  for (const auto& [name, value] : fields) add(name, value);
}

std::optional<std::string> Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields_)
    if (same_name(field, name)) return value;
  return std::nullopt;
}

std::vector<std::string> Headers::find_all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [field, value] : fields_)
    if (same_name(field, name)) values.push_back(value);
  return values;
}

void Headers::set(std::string_view name, std::string_view value) {
  check(name, value);
  remove(name);
  fields_.emplace_back(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  check(name, value);
  fields_.emplace_back(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
}

std::uint64_t length(const Body& body) {
  if (const auto* text = std::get_if<std::string>(&body)) return text->size();
  return std::get<FileRange>(body).length;
}

}  // namespace lapstrake::http
