// How the entries of a layer are assembled from the files of a project.
#pragma once
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace lapstrake::layers {

struct AssembleOptions {
  std::filesystem::path root;  // the spec's folder: nothing outside it is read ...
  bool allow_outside = false;  // ... unless this says so
  // Files of this program in `root`, which no copy takes unless `.lapstrakeignore` includes them again.
  std::vector<std::string> own_files = {};
  std::filesystem::path scratch;  // where unnamed files may be made (the store's)
  std::stop_token stop;
  unsigned jobs = 1;                                         // threads that list folders
  std::function<void(const std::string&)> notify = nullptr;  // for warnings and hints to the user
};

}  // namespace lapstrake::layers
