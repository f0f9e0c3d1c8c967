#include "largest.hpp"

#include <algorithm>
#include <map>

namespace lapstrake::app {

std::vector<LargePath> largest(const std::vector<InspectedLayer>& layers) {
  constexpr std::size_t most = 20;
  std::map<std::string, std::uint64_t> sums;
  std::uint64_t total = 0;
  for (const auto& layer : layers)
    for (const auto& file : layer.files) {
      if (file.size == 0) continue;
      total += file.size;
      sums[file.path] += file.size;
      for (auto slash = file.path.rfind('/'); slash != std::string::npos && slash > 0;
           slash = file.path.rfind('/', slash - 1))
        sums[file.path.substr(0, slash)] += file.size;
    }
  std::vector<LargePath> out;
  for (const auto& [path, bytes] : sums)
    if (bytes >= total / 20) out.push_back({path, bytes});
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  if (out.size() > most) out.resize(most);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return out;
}

}  // namespace lapstrake::app
