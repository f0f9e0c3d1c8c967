// The results of `inspect`.
#pragma once
#include <cstdint>
#include <lapstrake/oci/image.hpp>
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

struct LargePath {
  std::string path;  // "usr/share"
  std::uint64_t bytes = 0;
};

struct InspectedImage {
  oci::Descriptor manifest;
  oci::Annotations annotations;
  oci::ImageConfig config;
  std::string config_text;
  std::vector<InspectedLayer> layers;
  std::vector<LargePath> largest{};  // if the files were requested: sorted by path
};

struct Inspection {
  std::string name;
  oci::Descriptor root;
  std::vector<InspectedImage> images;  // one per platform (all of an index, unless --platform chose)
  std::optional<std::vector<oci::Descriptor>> referrers{};  // artifacts attached to the root; if requested
};

}  // namespace lapstrake::app
