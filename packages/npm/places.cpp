#include "places.hpp"

#include <algorithm>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::npm {
namespace {

constexpr std::string_view folder = "node_modules/";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.~!'()*").find(c) != std::string_view::npos;
}

std::string flaw_of_part(std::string_view part) {
  if (part.empty()) return "has an empty part";
  if (part == "." || part == "..") return cat("has the part `", part, "`");
  if (std::ranges::any_of(part, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == '\\'; }))
    return "has a control character or a backslash";
  return {};
}

// Where the last "node_modules/" begins that is a part of its own.
std::size_t last_folder(std::string_view place) {
  for (auto at = place.rfind(folder); at != std::string_view::npos; at = at == 0 ? at : place.rfind(folder, at - 1)) {
    if (at == 0 || place[at - 1] == '/') return at;
  }
  return std::string_view::npos;
}

}  // namespace

std::string flaw_of_name(std::string_view name) {
  if (name.size() > 214) return "is longer than 214 characters";
  const bool scoped = name.starts_with('@');
  const auto slash = name.find('/');
  if (scoped != (slash != std::string_view::npos))
    return scoped ? "has a scope but no name" : "has a slash but no scope";
  const auto scope = scoped ? name.substr(1, slash - 1) : std::string_view("a");
  const auto rest = scoped ? name.substr(slash + 1) : name;
  for (const auto part : {scope, rest}) {
    if (part.empty()) return "has an empty part";
    if (part.starts_with('.')) return "has a part that starts with a period";
    if (!std::ranges::all_of(part, is_name_character)) return "has a character that package names may not have";
  }
  if (lower(rest) == "node_modules") return "is reserved";
  return {};
}

std::string flaw_of_place(std::string_view place) {
  if (place.size() > limits::path_bytes) return cat("is longer than ", limits::path_bytes, " bytes");
  const auto parts = split(place, '/');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (auto flaw = flaw_of_part(parts[i]); !flaw.empty()) return flaw;
    if (parts[i] != "node_modules") continue;
    if (i + 1 == parts.size()) return "ends with `node_modules`";
    std::string name = parts[++i];
    if (name.starts_with('@') && i + 1 < parts.size()) name = cat(name, "/", parts[++i]);
    if (auto flaw = flaw_of_name(name); !flaw.empty()) return cat("has a package name that ", flaw);
    if (i + 1 < parts.size() && parts[i + 1] != "node_modules") return "has a folder below a package";
  }
  return {};
}

bool is_in_node_modules(std::string_view place) { return last_folder(place) != std::string_view::npos; }

std::string_view name_of_place(std::string_view place) {
  const auto at = last_folder(place);
  return at == std::string_view::npos ? lapstrake::name_of(place) : place.substr(at + folder.size());
}

std::string_view package_around(std::string_view place) {
  const auto at = last_folder(place);
  return at == std::string_view::npos || at == 0 ? std::string_view{} : place.substr(0, at - 1);
}

std::string normal_path(std::string_view from, std::string_view path) {
  std::string out = clean_path(path.starts_with('/') ? std::string(path) : joined(from, path));
  return out == "." ? std::string{} : out;
}

}  // namespace lapstrake::packages::npm
