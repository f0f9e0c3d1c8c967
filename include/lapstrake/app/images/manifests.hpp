// Walks an image from its root: lists its manifests, blobs and platforms.
#pragma once
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/registry/push.hpp>
#include <vector>

namespace lapstrake::app {

// Children first, the root last.
std::vector<registry::PushedManifest> manifests_of(const oci::ImageReader& reader, const oci::Descriptor& root);

// For a manifest the platform of its config; for an index the platforms of its images (without attestations,
// unknown/unknown).
std::vector<oci::Platform> platforms_of(const oci::ImageReader& reader, const oci::Descriptor& root);

}  // namespace lapstrake::app
