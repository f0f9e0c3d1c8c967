// Compares two images: their configs, their layers, and the files that a container would see.
#pragma once
#include <cstdint>
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/inspect/file_facts.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

struct MemberChange {
  std::string name;                          // "config.User", "config.Env PATH", "annotation NAME"
  std::optional<std::string> before, after;  // as JSON
};
struct LayerLine {
  oci::Descriptor descriptor;
  std::string created_by;
};
struct PlatformDiff {
  std::string platform;
  std::vector<MemberChange> members = {};
  std::vector<LayerLine> layers_removed = {}, layers_added = {};
  std::vector<FileChange> files = {};  // in the order of paths
};
struct ImageDiff {
  std::string before_name, after_name;
  oci::Descriptor before, after;
  std::vector<std::string> platforms_removed = {}, platforms_added = {};
  std::vector<PlatformDiff> platforms = {};  // those that both have
  bool same() const { return before.digest == after.digest; }
};

// Names as in inspect(). Compares files by type, SHA-256 of their bytes, target, mode, owner and extended attributes;
// ignores times and the history. Lower layers that both images share are read once; nothing is written to disk, and a
// layer is never in memory as a whole. Two images of one platform each are compared even if the platforms differ. With
// ImageSelection::platforms compares only that platform.
ImageDiff diff(const Context& context, const spec::Project* project, const std::string& before,
               const std::string& after);

}  // namespace lapstrake::app
