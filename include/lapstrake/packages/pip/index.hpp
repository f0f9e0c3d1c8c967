// Pages of a Python package index: the files of one project, in JSON (PEP 691) or HTML (PEP 503); packaging.python.org,
// "Simple repository API".
#pragma once
#include <cstdint>
#include <lapstrake/packages/checksum.hpp>
#include <lapstrake/packages/pip/specifier.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

// PEP 658 and 714: whether the index serves the wheel's METADATA at the file's URL with ".metadata" appended.
struct CoreMetadata {
  std::vector<Checksum> checksums = {};  // of that text; may be empty
  bool operator==(const CoreMetadata&) const = default;
};

struct IndexFile {
  std::string name = {};                             // "flask-3.1.0-py3-none-any.whl"
  std::string url = {};                              // may be relative to the page's URL; without a fragment
  std::vector<Checksum> checksums = {};              // of known algorithms
  std::optional<std::uint64_t> size = {};            // bytes; JSON only
  std::optional<SpecifierSet> requires_python = {};  // nothing if absent or invalid: old files have errors
  std::optional<std::string> yanked = {};            // PEP 592: the reason, which may be empty
  std::optional<CoreMetadata> core_metadata = {};
  bool operator==(const IndexFile&) const = default;
};

struct ProjectPage {
  std::vector<IndexFile> files = {};  // in the order of the page
  std::string base = {};              // of HTML's <base href>: what URLs are relative to, if not the page's URL
};

// The value of the request's `Accept` header.
inline constexpr std::string_view project_page_accept =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

// "flask/": below the URL of the index. `name` in any spelling.
std::string project_path(std::string_view name);

// By the reply's Content-Type. `what`: the page, for messages. Error{integrity}: another content type, not JSON, an
// API version with another major number than 1, an entry without name or URL, limits::index_page_bytes exceeded.
ProjectPage parse_project_page(std::string_view content_type, std::string_view body, std::string_view what);
ProjectPage parse_project_json(std::string_view json, std::string_view what);
ProjectPage parse_project_html(std::string_view html, std::string_view what);

}  // namespace lapstrake::packages::pip
