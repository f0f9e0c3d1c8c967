// Reads and writes images as files of other tools: OCI layouts, OCI archives and docker archives.
#pragma once
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/store/store.hpp>
#include <string>
#include <vector>

namespace lapstrake::store {

// Opens an image on disk for reading. An archive may be compressed; its members are indexed once and blobs are read in
// place, without unpacking. A docker-archive is presented as an OCI image made of its parts (layers uncompressed or
// unchanged; the config kept byte for byte). Error{input} when it is missing or has no such tag, listing the tags.
// `scratch`: the folder for decompressing an archive into an unnamed file (by default the system's temporary folder).
// `stop` ends the decompression.
oci::ImageReader open_image(const oci::DiskReference& reference, const std::filesystem::path& scratch = {},
                            const std::stop_token& stop = {});

// Writes the image or index `root` of `store` with all blobs that it refers to. `tag` goes into
// org.opencontainers.image.ref.name; for archives, `names` ("host/repo:tag") too. In
// an existing layout the tag is added or replaced, the rest is kept; an archive is written to a temporary file and
// renamed. Equal images give equal bytes of an archive. A stop request throws Interrupted; incomplete files are
// removed.
void write_layout(const Store& store, const oci::Descriptor& root, const std::filesystem::path& folder,
                  const std::string& tag, const std::stop_token& stop = {});
void write_oci_archive(const Store& store, const oci::Descriptor& root, const std::filesystem::path& file,
                       const std::string& tag, const std::vector<std::string>& names, const std::stop_token& stop = {});
// One platform only (Error{usage} for an index), since `docker load` reads only one. The tar is also a layout, so that
// podman and containerd read it with the same digest.
void write_docker_archive(const Store& store, const oci::Descriptor& root, const std::filesystem::path& file,
                          const std::vector<std::string>& names, const std::stop_token& stop = {});

}  // namespace lapstrake::store
