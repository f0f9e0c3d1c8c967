// Images that several tests of this room put into a store.
#pragma once
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/store.hpp>
#include <string>
#include <vector>

namespace samples {

using namespace lapstrake;

// A tar of one file.
std::string tar_of(const std::string& path, const std::string& text);
// A tar of these, in this order; a text that starts with "->" makes a symlink.
std::string tar_of(const std::vector<std::pair<std::string, std::string>>& files);
std::string gzip_of(const std::string& text);

struct Sample {
  oci::Descriptor root;
  std::vector<oci::Descriptor> parts;  // layers and config
};

// An image of one gzipped layer for each text.
inline Sample put_image(const store::Store& store, const std::vector<std::string>& texts,
                        const oci::Platform& platform = {}) {
  Sample sample{.root = oci::descriptor_of("", oci::media_type::manifest), .parts = {}};
  oci::ImageConfig config;
  config.created = "1970-01-01T00:00:00Z";
  config.platform = platform;
  config.cmd = std::vector<std::string>{"/hello"};
  for (const auto& text : texts) {
    const std::string tar = tar_of("hello", text);
    config.diff_ids.push_back(oci::Digest::of(tar));
    config.history.push_back({.created = "1970-01-01T00:00:00Z", .created_by = "a test"});
    sample.parts.push_back(store.put(gzip_of(tar), oci::media_type::layer_gzip));
  }
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .config = store.put(render(config), oci::media_type::config),
                         .layers = sample.parts};
  sample.parts.push_back(manifest.config);
  sample.root = store.put(render(manifest), oci::media_type::manifest);
  return sample;
}

inline oci::Descriptor put_index(const store::Store& store, const std::vector<std::string>& platforms) {
  oci::Index index{.media_type = std::string(oci::media_type::index)};
  for (const auto& text : platforms) {
    const auto platform = oci::Platform::parse(text);
    auto child = put_image(store, {text}, platform).root;
    child.platform = platform;
    index.manifests.push_back(child);
  }
  return store.put(render(index), oci::media_type::index);
}

}  // namespace samples
