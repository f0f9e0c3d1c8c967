#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/layers/ignore_file.hpp>

namespace lapstrake::layers {

std::vector<std::string> read_ignore_file(const std::filesystem::path& folder, bool allow_outside) {
  constexpr std::size_t most_bytes = 1 << 20;
  std::error_code ignored;
  if (!std::filesystem::exists(folder / ignore_file_name, ignored)) return {};
  return ignore_lines(read_all_of(open_named_file(folder, std::string(ignore_file_name), allow_outside), most_bytes));
}

}  // namespace lapstrake::layers
