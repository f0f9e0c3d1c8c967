// Whether an image is what it says it is: every digest computed again, down to what its layers unpack to.
#pragma once
#include <cstdint>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/spec/project.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

struct VerifySettings {
  // What all of a layer may unpack to: a bomb ends there.
  std::uint64_t most_unpacked = std::uint64_t{64} << 30;
};

struct Verification {
  std::string reference;  // as it was given
  oci::Descriptor root;
  std::uint64_t images = 0;            // manifests of container images
  std::uint64_t blobs = 0, bytes = 0;  // manifests, configs and layers that are right, each once
  std::vector<std::string> problems;   // "layer sha256:... of linux/amd64: ..."; empty: all is right
};

// `name` as in inspect(). Manifests and indexes (nested ones and attestations too), configs and layers: digests and
// sizes, media types, that a config is for the platform that its index says, as many diff_ids as layers, and each
// layer's diff_id by unpacking it. With Context::platforms the manifest for that one alone. Layers that are stored
// elsewhere (`urls`) are passed over with a warning.
Verification verify(const Context& context, const spec::Project* project, const std::string& name,
                    const VerifySettings& settings = {});

// Builds the image of `project` that was verified (the one of that name, or of that repository, or the only one), every
// file read anew, and gives no names. Its name; Error{integrity} with both digests when it builds to another, Error
// {usage} when it cannot be told which image is meant.
std::string prove_rebuild(const Context& context, const spec::Project& project, const Verification& verified);

}  // namespace lapstrake::app
