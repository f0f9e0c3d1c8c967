#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/requirement.hpp>

#include "characters.hpp"
#include "text_scanner.hpp"

namespace lapstrake::packages::pip {
namespace {

constexpr std::size_t longest_requirement = 64 * 1024;  // bytes

[[noreturn]] void refuse_requirement(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::usage, cat("`", printable(text, 200), "` is not a requirement"),
              "write it like flask>=3.1 or flask[async]==3.1.0 (PEP 508)")
      .because(std::string(why));
}

bool is_name_byte(char c) { return is_letter_or_digit(c) || is_separator(c); }

std::string read_name(TextScanner& scanner, std::string_view text, std::string_view what) {
  scanner.skip_space();
  std::string name(scanner.take_while(is_name_byte));
  scanner.skip_space();
  if (name.empty()) refuse_requirement(text, cat("it has no ", what));
  if (!is_valid_name(name)) refuse_requirement(text, cat("`", name, "` is not a valid ", what));
  return name;
}

std::vector<std::string> read_extras(TextScanner& scanner, std::string_view text) {
  std::vector<std::string> extras;
  if (!scanner.take("[")) return extras;
  scanner.skip_space();
  if (scanner.take("]")) return extras;
  do extras.push_back(read_name(scanner, text, "name of an extra"));
  while (scanner.take(","));
  if (!scanner.take("]")) refuse_requirement(text, "the list of extras has no `]`");
  return extras;
}

SpecifierSet read_specifiers(TextScanner& scanner, std::string_view text) {
  const bool has_parentheses = scanner.take("(");
  const auto found = scanner.take_while([&](char c) { return c != ';' && (!has_parentheses || c != ')'); });
  if (has_parentheses && !scanner.take(")")) refuse_requirement(text, "the list of versions has no `)`");
  auto set = SpecifierSet::from_text(found);
  if (!set) refuse_requirement(text, cat("`", printable(trim(found), 100), "` is not a list of version specifiers"));
  return *std::move(set);
}

// A `;` after white space ends a URL.
std::string read_url(TextScanner& scanner, std::string_view text) {
  scanner.skip_space();
  std::string url(scanner.take_while([](char c) { return c > ' ' && c != '\x7f'; }));
  if (url.empty()) refuse_requirement(text, "no URL follows the `@`");
  return url;
}

}  // namespace

Requirement Requirement::parse(std::string_view text) {
  if (text.size() > longest_requirement) refuse_requirement(text, "it has more than 64 KiB");
  TextScanner scanner(text);
  Requirement out;
  out.name = read_name(scanner, text, "name");
  out.extras = read_extras(scanner, text);
  scanner.skip_space();
  if (scanner.take("@"))
    out.url = read_url(scanner, text);
  else
    out.specifiers = read_specifiers(scanner, text);
  scanner.skip_space();
  if (scanner.at_end()) return out;
  if (!scanner.take(";")) refuse_requirement(text, cat("`", printable(scanner.rest(), 100), "` is unexpected"));
  out.marker = Marker::parse(scanner.rest());
  return out;
}

std::string Requirement::text_without_marker() const {
  const auto list = extras.empty() ? std::string() : cat("[", join(extras, ","), "]");
  return cat(name, list, url.empty() ? specifiers.text() : cat(" @ ", url));
}

std::string Requirement::text() const {
  if (!marker) return text_without_marker();
  return cat(text_without_marker(), url.empty() ? "; " : " ; ", marker->text());
}

}  // namespace lapstrake::packages::pip
