// Images in the forms that other tools read and write: layouts and archives on disk.
#pragma once
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/store/store.hpp>
#include <string>
#include <vector>

namespace lapstrake::store {

// Opens an image on disk for reading. Archives may be compressed; an archive is indexed once (offsets) and its blobs
// are read in place, nothing is unpacked. A docker-archive is given as the OCI image that its parts make (layers
// uncompressed or as they are; the config kept byte for byte). Error{input} when it is absent or has no such tag,
// listing the tags. `scratch`: where a compressed archive is spooled into an unnamed file (by default the system's
// place for such). `stop` ends the spooling.
oci::ImageReader open_image(const oci::DiskReference& reference, const std::filesystem::path& scratch = {},
                            const std::stop_token& stop = {});

// Writes the image or index `root` of `store` with all that it refers to. `tag` goes into
// org.opencontainers.image.ref.name; for archives, `names` ("host/repo:tag") too. A layout that
// exists gains or replaces the tag, the rest of it stays; an archive is made aside and renamed. Same image, same bytes
// of an archive. A stop request throws Error{interrupted}; what is half written is removed.
void write_layout(const Store& store, const oci::Descriptor& root, const std::filesystem::path& folder,
                  const std::string& tag, const std::stop_token& stop = {});
void write_oci_archive(const Store& store, const oci::Descriptor& root, const std::filesystem::path& file,
                       const std::string& tag, const std::vector<std::string>& names, const std::stop_token& stop = {});
// One platform only (Error{usage} for an index): `docker load` knows no more. The tar is a layout as well, so that
// podman and containerd read it with the same digest.
void write_docker_archive(const Store& store, const oci::Descriptor& root, const std::filesystem::path& file,
                          const std::vector<std::string>& names, const std::stop_token& stop = {});

}  // namespace lapstrake::store
