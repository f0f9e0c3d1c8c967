#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/index.hpp>
#include <lapstrake/packages/pip/names.hpp>

namespace lapstrake::packages::pip {

std::string project_path(std::string_view name) { return normalized_name(name) + "/"; }

ProjectPage parse_project_page(std::string_view content_type, std::string_view body, std::string_view what) {
  const auto type = lower(trim(content_type.substr(0, content_type.find(';'))));
  if (type == "application/vnd.pypi.simple.v1+json") return parse_project_json(body, what);
  if (type == "application/vnd.pypi.simple.v1+html" || type == "text/html") return parse_project_html(body, what);
  throw Error(ErrorKind::integrity, cat(what, " is not a page of a package index"),
              "check the URL of the index: it usually ends with `/simple/`")
      .because(cat("its content type is `", printable(type), "`"));
}

}  // namespace lapstrake::packages::pip
