#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/index.hpp>

#include "file_values.hpp"
#include "html_tags.hpp"
#include "index_values.hpp"

namespace lapstrake::packages::pip {
namespace {

// PEP 714: `data-core-metadata`, or `data-dist-info-metadata` of PEP 658; "true" or "sha256=HEX".
std::optional<CoreMetadata> anchor_metadata(const HtmlTag& anchor) {
  auto value = anchor.attribute("data-core-metadata");
  if (!value) value = anchor.attribute("data-dist-info-metadata");
  if (!value || *value == "false") return std::nullopt;
  CoreMetadata metadata;
  if (const auto checksum = checksum_of(*value, '=')) metadata.checksums.push_back(*checksum);
  return metadata;
}

// The file of an anchor; nothing if it links to something else, such as the list of projects.
std::optional<IndexFile> anchor_file(const HtmlTag& anchor, std::string_view html) {
  const auto href = anchor.attribute("href");
  if (!href) return std::nullopt;
  const auto url = trim(*href);
  const auto hash = url.find('#');
  IndexFile file{.name = file_name_of(url), .url = std::string(url.substr(0, hash))};
  // The text is the name; a redirector's URL may end with something else.
  const auto text = text_at(html, anchor.end);
  if (is_distribution_name(text)) file.name = text;
  if (!is_distribution_name(file.name) || file.url.empty()) return std::nullopt;
  if (hash != std::string_view::npos)
    if (const auto checksum = checksum_of(url.substr(hash + 1), '=')) file.checksums.push_back(*checksum);
  if (const auto python = anchor.attribute("data-requires-python"))
    file.requires_python = SpecifierSet::from_text(*python);
  file.yanked = anchor.attribute("data-yanked");
  file.core_metadata = anchor_metadata(anchor);
  return file;
}

}  // namespace

ProjectPage parse_project_html(std::string_view html, std::string_view what) {
  require_page_size(html, what);
  ProjectPage page;
  for (auto tag = next_tag(html, 0); tag; tag = next_tag(html, tag->end)) {
    if (tag->name == "meta" && tag->attribute("name") == "pypi:repository-version")
      require_api_version(tag->attribute("content").value_or(""), what);
    if (tag->name == "base" && page.base.empty()) page.base = tag->attribute("href").value_or("");
    if (tag->name != "a") continue;
    if (auto file = anchor_file(*tag, html)) page.files.push_back(std::move(*file));
    if (page.files.size() > limits::index_page_values)
      throw Error(ErrorKind::integrity, cat(what, " has more than ", limits::index_page_values, " files"));
  }
  return page;
}

}  // namespace lapstrake::packages::pip
