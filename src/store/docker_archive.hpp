// Reads archives of `docker save`: a tar with manifest.json, configs and layers.
#pragma once
#include <lapstrake/oci/image_reader.hpp>
#include <memory>
#include <string>

#include "archive_index.hpp"

namespace lapstrake::store {

// `tag` is "name:tag", or empty for the only image. When the archive is also an OCI layout, the image is read from that
// and keeps its digest; otherwise a manifest is made of its parts.
oci::ImageReader docker_archive_reader(std::shared_ptr<const ArchiveIndex> archive, const std::string& name,
                                       const std::string& tag);

}  // namespace lapstrake::store
