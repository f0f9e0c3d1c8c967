// Calls a fuzz target with the files given, or with all files of the folders given: the corpus as a test, without
// libFuzzer.
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

std::vector<std::filesystem::path> inputs_in(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.is_regular_file()) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

void replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  hold(file.good() || file.eof(), ("`" + path.string() + "` can be read").c_str());
  // Of its own size on the heap: a sanitizer sees a read past it.
  const auto input = std::make_unique<std::uint8_t[]>(text.size());
  if (!text.empty()) std::memcpy(input.get(), text.data(), text.size());
  std::fprintf(stderr, "%s, %zu bytes\n", path.filename().c_str(), text.size());
  LLVMFuzzerTestOneInput(input.get(), text.size());
}

}  // namespace

int main(int count, char** arguments) {
  std::size_t replayed = 0;
  for (int i = 1; i < count; ++i)
    for (const auto& path : inputs_in(arguments[i])) {
      replay(path);
      ++replayed;
    }
  hold(replayed > 0, "there is an input to replay");
  std::fprintf(stderr, "%zu inputs replayed\n", replayed);
}
