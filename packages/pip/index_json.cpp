#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/index.hpp>
#include <nlohmann/json.hpp>

#include "index_values.hpp"

namespace lapstrake::packages::pip {
namespace {

using nlohmann::json;

Error invalid_page(std::string_view what, std::string_view why) {
  return Error(ErrorKind::integrity, cat(what, " is not a page of the simple repository API"))
      .because(std::string(why));
}

std::string json_text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// {"sha256": "HEX"}
std::vector<Checksum> json_checksums(const json& hashes) {
  std::vector<Checksum> checksums;
  if (!hashes.is_object()) return checksums;
  for (const auto& [name, hex] : hashes.items()) {
    const auto algorithm = parse_hash_algorithm(lower(name));
    if (!algorithm || !hex.is_string()) continue;
    if (auto checksum = Checksum::from_hex(*algorithm, hex.get_ref<const std::string&>()))
      checksums.push_back(std::move(*checksum));
  }
  return checksums;
}

// PEP 714: `core-metadata`, or `dist-info-metadata` of PEP 658; true or hashes.
std::optional<CoreMetadata> json_metadata(const json& file) {
  auto found = file.find("core-metadata");
  if (found == file.end()) found = file.find("dist-info-metadata");
  if (found == file.end() || (!found->is_object() && *found != true)) return std::nullopt;
  return CoreMetadata{.checksums = json_checksums(*found)};
}

// true, or the reason.
std::optional<std::string> json_yanked(const json& file) {
  const auto found = file.find("yanked");
  if (found == file.end()) return std::nullopt;
  if (found->is_string() && !found->get_ref<const std::string&>().empty()) return found->get<std::string>();
  return *found == true ? std::optional<std::string>("") : std::nullopt;
}

IndexFile json_file(const json& file, std::string_view what) {
  if (!file.is_object()) throw invalid_page(what, "an entry of `files` is not an object");
  IndexFile found{.name = json_text(file, "filename"), .url = json_text(file, "url")};
  if (found.name.empty() || found.url.empty()) throw invalid_page(what, "a file has no `filename` or `url`");
  found.url = found.url.substr(0, found.url.find('#'));
  if (const auto hashes = file.find("hashes"); hashes != file.end()) found.checksums = json_checksums(*hashes);
  if (const auto size = file.find("size"); size != file.end() && size->is_number_unsigned())
    found.size = size->get<std::uint64_t>();
  if (const auto python = json_text(file, "requires-python"); !python.empty())
    found.requires_python = SpecifierSet::from_text(python);
  found.yanked = json_yanked(file);
  found.core_metadata = json_metadata(file);
  return found;
}

}  // namespace

ProjectPage parse_project_json(std::string_view text, std::string_view what) {
  const auto document =
      parse_json(text, what, {.most_bytes = limits::index_page_bytes, .most_values = limits::index_page_values});
  if (!document.is_object()) throw invalid_page(what, "it is not an object");
  const auto meta = document.find("meta");
  if (meta == document.end() || !meta->is_object()) throw invalid_page(what, "the member `meta` is missing");
  require_api_version(json_text(*meta, "api-version"), what);
  const auto files = document.find("files");
  if (files == document.end() || !files->is_array()) throw invalid_page(what, "the list `files` is missing");
  ProjectPage page;
  page.files.reserve(files->size());
  for (const auto& file : *files) {
    auto found = json_file(file, what);
    if (is_distribution_name(found.name)) page.files.push_back(std::move(found));
  }
  return page;
}

}  // namespace lapstrake::packages::pip
