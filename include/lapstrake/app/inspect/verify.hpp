// Verifies an image by recomputing every digest, including the diff_ids of its layers.
#pragma once
#include <cstdint>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/spec/project.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

struct VerifySettings {
  // Limit of the unpacked size of a layer, against decompression bombs.
  std::uint64_t most_unpacked = std::uint64_t{64} << 30;
};

struct Verification {
  std::string reference;  // as given
  oci::Descriptor root;
  std::uint64_t images = 0;            // manifests of container images
  std::uint64_t blobs = 0, bytes = 0;  // valid manifests, configs and layers, each counted once
  std::vector<std::string> problems;   // "layer sha256:... of linux/amd64: ..."; empty if valid
};

// `name` as in inspect(). Checks manifests and indexes (including nested ones and attestations), configs and layers:
// digests, sizes and media types; that the platform of a config matches its index; that the numbers of diff_ids and
// layers match; and each diff_id, by unpacking the layer. With ImageSelection::platforms only the manifest for that
// platform. Foreign layers (`urls`) are skipped with a warning.
Verification verify(const Context& context, const spec::Project* project, const std::string& name,
                    const VerifySettings& settings = {});

// Rebuilds the verified image from `project` (the image with that name, or that repository, or the only one) without
// the cache and without setting refs. Returns its name. Error{integrity} with both digests if they differ; Error{usage}
// if no image of the project matches.
std::string prove_rebuild(const Context& context, const spec::Project& project, const Verification& verified);

}  // namespace lapstrake::app
