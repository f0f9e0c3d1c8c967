// What `docker save` writes: manifest.json, a config and layers, in a tar.
#pragma once
#include <lapstrake/oci/image_reader.hpp>
#include <memory>
#include <string>

#include "archive_index.hpp"

namespace lapstrake::store {

// `tag` is "name:tag" or empty for the only image. When the archive is an OCI layout as well, the image is read as
// that, so that it keeps its digest; otherwise a manifest is made of its parts.
oci::ImageReader docker_archive_reader(std::shared_ptr<const ArchiveIndex> archive, const std::string& name,
                                       const std::string& tag);

}  // namespace lapstrake::store
