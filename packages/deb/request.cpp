#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/php_extensions.hpp>
#include <lapstrake/packages/deb/request.hpp>
#include <lapstrake/packages/deb/version.hpp>

namespace lapstrake::packages::deb {
namespace {

[[noreturn]] void refuse_request(std::string_view text, std::string help) {
  throw Error(ErrorKind::usage, cat("`", printable(text, 200), "` is not a request for a package"), std::move(help));
}

// For text that apt-get or docker-php-ext-install would understand.
std::string help_for(std::string_view text) {
  if (text.find(':') != text.npos) return "leave the architecture out: it is that of the platform";
  if (text.find('/') != text.npos) return "set the suite with `suite:`, or give a version: `NAME (= VERSION)`";
  if (text.find('*') != text.npos || text.find('?') != text.npos) return "list the packages by their full names";
  if (text.ends_with('-')) return "use `exclude:` for packages that must not be installed";
  if (const auto extension = php_extension(text, ""); extension && !extension->package.empty())
    return cat("for this extension of PHP, install `", extension->package,
               "`, or the package of one version, such as `", php_extension(text, "8.2")->package, "`");
  return "write `NAME`, `NAME (>= VERSION)` or `NAME=VERSION`, with lower-case letters";
}

std::string_view relation_at(std::string_view text) {
  for (const std::string_view one : {"<<", "<=", ">=", ">>", "="})
    if (text.starts_with(one)) return one;
  return {};
}

Request with_version(std::string_view text, std::string_view name, std::string_view relation,
                     std::string_view version) {
  if (relation.empty() || !is_version(version))
    refuse_request(text, "write the version as `NAME (>= 1.2)`, with one of <<, <=, =, >=, >>");
  return {.name = std::string(name), .relation = std::string(relation), .version = std::string(version)};
}

}  // namespace

std::string Request::text() const { return relation.empty() ? name : cat(name, " (", relation, " ", version, ")"); }

Request parse_request(std::string_view text) {
  const auto trimmed = trim(text);
  const auto end = std::min(trimmed.find_first_of(" (="), trimmed.size());
  const auto name = trimmed.substr(0, end);
  auto rest = trim(trimmed.substr(end));
  if (!is_package_name(name) || name.ends_with('-')) refuse_request(text, help_for(name));
  if (rest.empty()) return {.name = std::string(name)};
  if (rest.starts_with('=')) return with_version(text, name, "=", trim(rest.substr(1)));
  if (!rest.starts_with('(') || !rest.ends_with(')')) refuse_request(text, help_for(text));
  rest = trim(rest.substr(1, rest.size() - 2));
  const auto relation = relation_at(rest);
  return with_version(text, name, relation, trim(rest.substr(relation.size())));
}

bool admits(const Request& request, std::string_view version) {
  if (request.relation.empty()) return true;
  const auto order = compare_versions(version, request.version);
  if (request.relation == "=") return order == 0;
  if (request.relation == "<<") return order < 0;
  if (request.relation == "<=") return order <= 0;
  return request.relation == ">>" ? order > 0 : order >= 0;
}

}  // namespace lapstrake::packages::deb
