#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/closure.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "characters.hpp"

namespace lapstrake::packages::pip {
namespace {

// Ten times as many as the largest projects have.
constexpr std::size_t most_needs = 10'000;

bool is_operator_byte(char c) { return c == '<' || c == '>' || c == '=' || c == '!' || c == '~'; }

// ">=1.0<2.0" -> ">=1.0,<2.0"
std::string with_commas(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_operator = is_operator_byte(text[i]) && (i == 0 || !is_operator_byte(text[i - 1]));
    const auto before = std::string_view(out).substr(0, out.find_last_not_of(' ') + 1);
    if (starts_operator && !before.empty() && (is_letter_or_digit(before.back()) || before.back() == '*')) out += ',';
    out += text[i];
  }
  return out;
}

// ">=1.0.*" means ">=1.0" to old versions of pip, and ">dev" each version.
std::string repaired_specifier(std::string_view part) {
  const auto text = trim(part);
  if (text == ">dev" || text == ">=dev") return {};
  const bool is_ordered = text.starts_with('<') || text.starts_with('>');
  return std::string(is_ordered && text.ends_with(".*") ? text.substr(0, text.size() - 2) : text);
}

// Nothing to repair in a requirement with a URL, whose text this would change.
std::optional<std::string> repaired(std::string_view text) {
  const auto end = std::min(text.find(';'), text.size());
  const auto start = text.substr(0, end).find_first_of("(<>=!~");
  if (start == std::string_view::npos || text.substr(0, end).find('@') != std::string_view::npos) return std::nullopt;
  auto list = text.substr(start, end - start);
  if (list.starts_with('(')) list = list.substr(1, list.find(')') - 1);
  std::vector<std::string> parts;
  for (const auto& part : split(with_commas(list), ',')) parts.push_back(repaired_specifier(part));
  return cat(text.substr(0, start), join(parts, ","), text.substr(end));
}

}  // namespace

Requirement metadata_requirement(std::string_view text, std::string_view package) {
  try {
    return Requirement::parse(text);
  } catch (const Error& first) {
    try {
      if (const auto other = repaired(text)) return Requirement::parse(*other);
    } catch (const Error&) {  // the first error quotes the text as it is
    }
    throw Error(ErrorKind::integrity, cat("the metadata of ", printable(package, 200), " has an invalid requirement"))
        .because(first.line());
  }
}

ListedPackage listed_package(const Metadata& metadata, std::vector<std::string> extras) {
  const auto shown = printable(cat(metadata.name, " ", metadata.version), 200);
  auto version = Version::from_text(metadata.version);
  if (!version) throw Error(ErrorKind::integrity, cat("the metadata of ", shown, " has an invalid version"));
  if (metadata.requires_dist.size() > most_needs)
    throw Error(ErrorKind::integrity, cat("the metadata of ", shown, " has more than ", most_needs, " requirements"));
  ListedPackage out{.name = metadata.name, .version = *std::move(version), .extras = std::move(extras)};
  for (const auto& line : metadata.requires_dist) out.needs.push_back(metadata_requirement(line, shown));
  return out;
}

}  // namespace lapstrake::packages::pip
