// An image moved from any place to any other, byte for byte.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/push.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

struct CopiedImage {
  std::string reference;  // of the copy, pinned: "host/web:v1@sha256:...", "oci:out:v1@sha256:..."
  oci::Descriptor root;
  std::optional<oci::Digest> source_index{};  // of which `--platform` took one manifest: the digest is another
  // To a registry: what was sent and what it had, or took over from a repository of its own, already.
  std::uint64_t blobs_sent = 0, bytes_sent = 0, blobs_present = 0;
};

// `source`: any reference form, or the name of an image of `project` that was built into the store. Manifests are kept
// as the bytes they are, indexes with all their platforms, nested ones and attestations included; with
// Context::platforms one manifest. A `to` without a tag gets the source's on disk and `latest` in a registry; one with
// a digest must be given that one (Error{integrity}, before anything is sent). Error{usage} for an index into a
// docker-archive. Layers that are stored elsewhere (`urls`) stay where they are. Memory does not grow with the image:
// blobs pass through the store's folder.
CopiedImage copy(const Context& context, const spec::Project* project, const std::string& source,
                 const oci::Reference& to, const PushSettings& settings = {});

}  // namespace lapstrake::app
