// Copies base images and packages to a folder, for builds on hosts without a network.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/spec/project.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

struct VendoredBase {
  std::string name;  // as from base_name(): "docker.io/library/debian:12-slim"; "packages" for those of all images
  oci::Digest digest;
  std::uint64_t blobs_fetched = 0, bytes_fetched = 0, blobs_present = 0;
};

// Copies the bases of the images from their registries to `folder`, an OCI layout, for the platforms of the images (or
// ImageSelection::platforms); indexes byte for byte. Valid blobs in the folder are not downloaded again; nothing is
// removed, so that environments can share the folder. The archives of packages are the layers of one artifact. Adds
// missing bases to `lapstrake.lock`; with BaseSettings::locked they are Error{usage}. Names in the layout are
// "host/repo:tag@sha256:...". Calls `each` for every complete base.
std::vector<VendoredBase> vendor(const Context& context, const spec::Project& project,
                                 const std::filesystem::path& folder,
                                 const std::function<void(const VendoredBase&)>& each = nullptr);

}  // namespace lapstrake::app
