#include "index_values.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>

#include "file_values.hpp"

namespace lapstrake::packages::pip {

void require_api_version(std::string_view version, std::string_view what) {
  if (version == "1" || version.starts_with("1.")) return;
  throw Error(ErrorKind::integrity, cat(what, " has version `", printable(version), "` of the index API, not 1"),
              "use an index with the simple repository API 1.x");
}

void require_page_size(std::string_view page, std::string_view what) {
  if (page.size() <= limits::index_page_bytes) return;
  throw Error(ErrorKind::integrity, cat(what, " is larger than ", human_size(limits::index_page_bytes)));
}

bool is_distribution_name(std::string_view name) {
  constexpr std::array<std::string_view, 8> ends{".whl",     ".tar.gz", ".zip", ".tgz",
                                                 ".tar.bz2", ".tar.xz", ".egg", ".exe"};
  return is_file_name(name) && std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
}

}  // namespace lapstrake::packages::pip
