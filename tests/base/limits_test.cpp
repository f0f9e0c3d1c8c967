// docs/reference/limits.md has all limits, with the numbers that hold.
#include <fstream>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <sstream>
#include <vector>

#include "support/catch.hpp"

using namespace lapstrake;

namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(cat(LAPSTRAKE_SOURCE_DIR, "/", file), std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> numbers_of_the_page() {
  std::vector<std::string> out;
  for (const auto& line : split(text_of("docs/reference/limits.md"), '\n')) {
    if (!line.starts_with("| ") || line.starts_with("| what") || line.starts_with("| ---")) continue;
    const auto cells = split(line, '|');
    REQUIRE(cells.size() == 4);
    out.emplace_back(trim(cells[2]));
  }
  return out;
}

}  // namespace

TEST_CASE("the page of limits has every limit, in the header's order") {
  const auto bytes = [](std::uint64_t size) { return human_size(size); };
  const std::vector<std::string> expected{
      bytes(limits::json_bytes),
      cat(limits::json_depth),
      cat(limits::json_values),
      cat(limits::list_members),
      cat(limits::history_entries),
      cat(limits::layers),
      cat(limits::nested_indexes),
      cat(limits::visited_manifests),
      bytes(limits::manifest_bytes),
      cat(limits::platforms),
      cat(limits::path_bytes),
      cat(limits::layer_entries),
      bytes(limits::layer_bytes),
      bytes(limits::layer_bytes_at_least),
      cat(limits::layer_bytes_of_packed_byte),
      bytes(limits::tar_headers),
      bytes(limits::tree_bytes),
      cat(limits::tree_bytes_of_packed_byte),
      bytes(limits::tree_bytes_at_most),
      cat(limits::tree_steps),
      cat(limits::tree_steps_of_packed_byte),
      bytes(limits::account_bytes),
      bytes(limits::account_candidate_bytes),
      bytes(limits::database_bytes),
      bytes(limits::release_file_bytes),
      bytes(limits::edited_bytes),
      cat(limits::removed_paths),
      bytes(limits::spooled_bytes),
      cat(limits::spooled_bytes_of_packed_byte),
      bytes(limits::spooled_bytes_at_most),
      cat(limits::zip_entries),
      bytes(limits::package_lock_bytes),
      cat(limits::package_lock_values),
      bytes(limits::lock_file_bytes),
      cat(limits::lock_file_depth),
      cat(limits::lock_file_includes),
      cat(limits::locked_packages),
      bytes(limits::index_page_bytes),
      cat(limits::index_page_values),
      bytes(limits::credential_bytes),
      bytes(limits::release_bytes),
      bytes(limits::package_index_bytes),
      cat(limits::package_accounts),
      cat(limits::alternative_paths),
      cat(limits::package_alternatives),
      bytes(limits::script_bytes),
      cat(limits::script_commands),
      bytes(limits::script_effect_bytes),
      cat(limits::docker_layers),
  };
  CHECK(numbers_of_the_page() == expected);
  std::size_t in_header = 0;
  for (const auto& line : split(text_of("include/lapstrake/base/limits.hpp"), '\n'))
    in_header += line.starts_with("inline constexpr std::uint64_t ") && line.find("KiB = ") == std::string::npos;
  CHECK(in_header == expected.size());
}

TEST_CASE("limits that packed bytes pay for have an end") {
  CHECK(limits::tree_bytes_for(0) == limits::tree_bytes);
  CHECK(limits::tree_bytes_for(limits::MiB) == limits::tree_bytes + limits::MiB);
  CHECK(limits::tree_bytes_for(~std::uint64_t{0}) == limits::tree_bytes_at_most);
  CHECK(limits::spooled_bytes_for(limits::MiB) == limits::spooled_bytes + 200 * limits::MiB);
  CHECK(limits::spooled_bytes_for(~std::uint64_t{0}) == limits::spooled_bytes_at_most);
}
