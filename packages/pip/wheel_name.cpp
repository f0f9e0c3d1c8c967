#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/tags.hpp>
#include <utility>

#include "characters.hpp"

namespace lapstrake::packages::pip {
namespace {

constexpr std::size_t longest_name = 4096;  // bytes
constexpr std::size_t most_tags = 1000;

bool is_tag_byte(char c) { return is_letter_or_digit(c) || c == '_'; }

// "py2.py3": nothing if a part is empty or has other bytes than letters, digits and `_`. Tags are compared in lower
// case.
std::optional<std::vector<std::string>> tag_set(std::string_view text) {
  auto parts = split(lower(text), '.');
  for (const auto& part : parts)
    if (part.empty() || !std::ranges::all_of(part, is_tag_byte)) return std::nullopt;
  return parts;
}

bool is_build_tag(std::string_view text) {
  return !text.empty() && is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_tag_byte(c) || c == '.'; });
}

}  // namespace

std::string Tag::text() const { return cat(python, "-", abi, "-", platform); }

std::optional<WheelName> WheelName::from_text(std::string_view file_name) {
  constexpr std::string_view suffix = ".whl";
  if (!file_name.ends_with(suffix) || file_name.size() > longest_name) return std::nullopt;
  const auto parts = split(file_name.substr(0, file_name.size() - suffix.size()), '-');
  if (parts.size() != 5 && parts.size() != 6) return std::nullopt;
  WheelName out{.text = std::string(file_name), .name = parts[0], .version = replace_all(parts[1], "_", "-")};
  if (parts.size() == 6) out.build = parts[2];
  if (!is_valid_name(out.name) || (parts.size() == 6 && !is_build_tag(out.build))) return std::nullopt;
  if (!Version::from_text(out.version)) return std::nullopt;
  auto pythons = tag_set(parts[parts.size() - 3]), abis = tag_set(parts[parts.size() - 2]),
       platforms = tag_set(parts.back());
  if (!pythons || !abis || !platforms) return std::nullopt;
  if (pythons->size() * abis->size() * platforms->size() > most_tags) return std::nullopt;
  out.pythons = *std::move(pythons);
  out.abis = *std::move(abis);
  out.platforms = *std::move(platforms);
  return out;
}

WheelName WheelName::parse(std::string_view file_name) {
  auto name = from_text(file_name);
  if (!name)
    throw Error(ErrorKind::usage, cat("`", printable(file_name, 200), "` is not the name of a wheel"),
                "the form is NAME-VERSION-PYTHON-ABI-PLATFORM.whl, like flask-3.1.0-py3-none-any.whl");
  return *std::move(name);
}

std::vector<Tag> WheelName::tags() const {
  std::vector<Tag> out;
  for (const auto& python : pythons)
    for (const auto& abi : abis)
      for (const auto& platform : platforms) out.push_back({.python = python, .abi = abi, .platform = platform});
  return out;
}

}  // namespace lapstrake::packages::pip
