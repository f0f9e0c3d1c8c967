#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/layers/ignore_file.hpp>

namespace lapstrake::layers {

std::vector<std::string> read_ignore_file(const std::filesystem::path& folder, bool allow_outside) {
  constexpr std::size_t most_bytes = 1 << 20;
  const auto file = find_named_file(folder, std::string(ignore_file_name), allow_outside);
  return file ? ignore_lines(read_all_of(*file, most_bytes)) : std::vector<std::string>();
}

}  // namespace lapstrake::layers
