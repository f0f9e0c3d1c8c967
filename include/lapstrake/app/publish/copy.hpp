// Copies an image between registries, layouts, archives and the store, byte for byte.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/publish/push.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

struct CopiedImage {
  std::string reference;  // of the copy, pinned: "host/web:v1@sha256:...", "oci:out:v1@sha256:..."
  oci::Descriptor root;
  std::optional<oci::Digest> source_index{};  // the index from which `--platform` chose a manifest
  // For a registry: blobs that were sent, and blobs that it already had or mounted.
  std::uint64_t blobs_sent = 0, bytes_sent = 0, blobs_present = 0;
};

// `source`: any form of reference, or the name of an image of `project` that was built into the store. Copies manifests
// byte for byte, and indexes with all platforms, nested indexes and attestations; with ImageSelection::platforms one
// manifest. A `to` without a tag gets the tag of the source on disk, and `latest` in a registry. If `to` has a digest,
// the image must have the same digest (Error{integrity}, before anything is sent). Error{usage} for an index to a
// docker-archive. Foreign layers (`urls`) are not copied. Memory use does not depend on the image: blobs pass through
// the store's folder.
CopiedImage copy(const Context& context, const spec::Project* project, const std::string& source,
                 const oci::Reference& to, const PushSettings& settings = {});

}  // namespace lapstrake::app
