// A look into an image, wherever it lies.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/place.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

struct InspectedFile {
  std::string path;  // "etc/passwd"; whiteouts as they are
  char type = '-';   // as `ls -l` has it: - d l h (hard link)
  std::uint32_t mode = 0, uid = 0, gid = 0;
  std::uint64_t size = 0;
  std::string target;
};
struct InspectedLayer {
  oci::Descriptor descriptor;
  oci::Digest diff_id;
  std::string created_by;
  std::vector<InspectedFile> files{};  // when asked for
};
struct InspectedImage {
  oci::Descriptor manifest;
  oci::Annotations annotations;
  oci::ImageConfig config;
  std::string config_text;
  std::vector<InspectedLayer> layers;
};
struct Inspection {
  std::string name;
  oci::Descriptor root;
  std::vector<InspectedImage> images;                       // one a platform (all of an index, unless --platform chose)
  std::optional<std::vector<oci::Descriptor>> referrers{};  // what is attached to the root; when asked for
};

// `name`: any reference form, or the name of an image of `project` that was built into the store.
struct InspectOptions {
  bool files = false;      // the layers are read as streams, and their entries listed
  bool referrers = false;  // of an image in a registry: Error{usage} for others
};
Inspection inspect(const Context& context, const spec::Project* project, const std::string& name,
                   const InspectOptions& options = {});
std::string report(const Inspection& inspection);       // for people
std::string report_json(const Inspection& inspection);  // for scripts

}  // namespace lapstrake::app
