// How the entries of a layer are assembled from the files of a project.
#pragma once
#include <filesystem>
#include <functional>
#include <lapstrake/oci/recipe.hpp>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace lapstrake::layers {

// A file of the layers below, for `edit:`.
struct LowerFile {
  std::string text;
  oci::Xattrs xattrs;
};
// Reads such files by their real paths (BaseFiles::follow), each of them at most limits::edited_bytes long.
using ReadBelow = std::function<std::map<std::string, LowerFile>(const std::set<std::string>& paths)>;

struct AssembleOptions {
  std::filesystem::path root;  // the spec's folder: nothing outside it is read ...
  bool allow_outside = false;  // ... unless this says so
  // Files of this program in `root`, which no copy takes unless `.lapstrakeignore` includes them again.
  std::vector<std::string> own_files = {};
  std::filesystem::path scratch;  // where unnamed files may be made (the store's)
  std::stop_token stop;
  unsigned jobs = 1;                                         // threads that list folders
  std::function<void(const std::string&)> notify = nullptr;  // for warnings and hints to the user
  ReadBelow read_below = nullptr;                            // needed by edits only
};

}  // namespace lapstrake::layers
