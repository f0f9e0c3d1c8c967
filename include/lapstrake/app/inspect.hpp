// Reads the manifests, config, layers and files of an image for `lapstrake inspect`.
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
  std::string path;  // "etc/passwd"; whiteouts included
  char type = '-';   // as in `ls -l`: - d l h (hard link)
  std::uint32_t mode = 0, uid = 0, gid = 0;
  std::uint64_t size = 0;
  std::string target;
};
struct InspectedLayer {
  oci::Descriptor descriptor;
  oci::Digest diff_id;
  std::string created_by;
  std::vector<InspectedFile> files{};  // if requested
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
  std::vector<InspectedImage> images;  // one per platform (all of an index, unless --platform chose)
  std::optional<std::vector<oci::Descriptor>> referrers{};  // artifacts attached to the root; if requested
};

// `name`: any form of reference, or the name of an image of `project` that was built into the store.
struct InspectOptions {
  bool files = false;      // read the layers as streams and list their entries
  bool referrers = false;  // list the referrers; Error{usage} if the image is not in a registry
};
Inspection inspect(const Context& context, const spec::Project* project, const std::string& name,
                   const InspectOptions& options = {});
std::string report(const Inspection& inspection);       // for people
std::string report_json(const Inspection& inspection);  // for scripts

}  // namespace lapstrake::app
