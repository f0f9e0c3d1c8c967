#include "file_values.hpp"

#include <algorithm>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>

namespace lapstrake::packages::pip {

std::optional<Checksum> checksum_of(std::string_view text, char between) {
  const auto at = text.find(between);
  if (at == std::string_view::npos) return std::nullopt;
  const auto algorithm = parse_hash_algorithm(text.substr(0, at));
  return algorithm ? Checksum::from_hex(*algorithm, text.substr(at + 1)) : std::nullopt;
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && is_utf8(name) && std::ranges::none_of(name, [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == '/' || c == '\\';
  });
}

std::string file_name_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const auto slash = url.find_last_of("/\\");
  auto name = percent_decode(slash == std::string_view::npos ? url : url.substr(slash + 1));
  return is_file_name(name) ? name : std::string();
}

bool is_wheel_name(std::string_view name) { return name.size() > 4 && lower(name.substr(name.size() - 4)) == ".whl"; }

bool has_scheme(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !text.substr(colon).starts_with("://")) return false;
  return colon > 0 && std::ranges::all_of(text.substr(0, colon), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
                  c == '.';
         });
}

std::vector<std::string> normalized_names(const std::vector<std::string>& names) {
  std::vector<std::string> normal;
  for (const auto& name : names) normal.push_back(normalized_name(name));
  std::ranges::sort(normal);
  normal.erase(std::unique(normal.begin(), normal.end()), normal.end());
  return normal;
}

PackageSource file_source(std::string place) {
  const auto kind = is_wheel_name(file_name_of(place)) ? PackageSource::Kind::wheel : PackageSource::Kind::archive;
  return {.kind = kind, .text = std::move(place)};
}

}  // namespace lapstrake::packages::pip
