#include <algorithm>
#include <lapstrake/packages/pip/metadata.hpp>
#include <utility>

#include "invalid_wheel.hpp"

namespace lapstrake::packages::pip {
namespace {

bool begins_folded(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }

// RFC 5322 2.2: printable ASCII without the colon.
bool is_field_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
}

class HeaderFields {
 public:
  // `file`: "METADATA".
  HeaderFields(std::string_view text, std::string_view what, std::string_view file) : what_(what), file_(file) {
    while (!text.empty() && add(take_line(text))) {
    }
  }
  std::vector<std::string> all(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& [field, value] : fields_)
      if (field == name) out.emplace_back(trim(value));
    return out;
  }
  std::string at_most_one(std::string_view name) const {
    const auto found = all(lower(name));
    if (found.size() > 1) refuse(cat("has two fields `", name, "`"));
    return found.empty() ? std::string{} : found.front();
  }
  std::string one(std::string_view name) const {
    std::string value = at_most_one(name);
    if (value.empty()) refuse(cat("has no `", name, "`"));
    return value;
  }
  [[noreturn]] void refuse(std::string_view flaw) const { throw invalid_wheel(what_, cat("its ", file_, " ", flaw)); }

 private:
  static std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  // False for a line that is not part of a header.
  bool add(std::string_view line) {
    if (begins_folded(line)) {
      if (!fields_.empty()) fields_.back().second += cat("\n", line);
      return true;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_field_name(line.substr(0, colon))) return false;
    fields_.emplace_back(lower(line.substr(0, colon)), line.substr(colon + 1));
    return true;
  }

  std::string_view what_, file_;
  std::vector<std::pair<std::string, std::string>> fields_;  // names in lower case
};

// Whole license texts are no names.
std::string declared_license(const HeaderFields& fields) {
  constexpr std::string_view classifier = "License :: ";
  constexpr std::size_t most_name = 200;
  for (const auto* name : {"license-expression", "license"})
    for (auto& value : fields.all(name))
      if (!value.empty() && value.size() <= most_name && value.find('\n') == std::string::npos && value != "UNKNOWN")
        return value;
  std::vector<std::string> out;
  for (const auto& value : fields.all("classifier"))
    if (value.starts_with(classifier)) out.push_back(value.substr(value.rfind(" :: ") + 4));
  return join(out, ", ");
}

std::string_view major_of(std::string_view version) { return version.substr(0, version.find('.')); }

}  // namespace

Metadata parse_metadata(std::string_view text, std::string_view what) {
  const HeaderFields fields(text, what, "METADATA");
  const std::string format = fields.at_most_one("Metadata-Version");
  if (!format.empty() && major_of(format) != "1" && major_of(format) != "2")
    fields.refuse(cat("has the format version ", backquoted(format), ", this version of lapstrake reads 1 and 2"));
  return {.name = fields.one("Name"),
          .version = fields.one("Version"),
          .requires_python = fields.at_most_one("Requires-Python"),
          .requires_dist = fields.all("requires-dist"),
          .provides_extra = fields.all("provides-extra"),
          .license = declared_license(fields)};
}

WheelInfo parse_wheel_info(std::string_view text, std::string_view what) {
  const HeaderFields fields(text, what, "WHEEL");
  const std::string format = fields.one("Wheel-Version");
  if (major_of(format) != "1")
    fields.refuse(cat("has the format version ", backquoted(format), ", this version of lapstrake reads 1"));
  const std::string is_purelib = lower(fields.one("Root-Is-Purelib"));
  if (is_purelib != "true" && is_purelib != "false")
    fields.refuse(cat("has `Root-Is-Purelib: ", printable(is_purelib, 400), "`, expected true or false"));
  return {.is_purelib = is_purelib == "true", .tags = fields.all("tag")};
}

}  // namespace lapstrake::packages::pip
