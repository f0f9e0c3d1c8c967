// The vendor folder as one artifact in a registry: `vendor --to` and `vendor --from`.
//
// The artifact is one OCI manifest: its config is the index.json of the folder, and its layers are all blobs that
// index.json leads to, also manifests and indexes. It is not an index of the bases because the folder has only the
// platforms of the project, and registries reject an index without all of its children (distribution-spec, "Pushing
// Manifests", allows it) or within another index (Amazon ECR).
#pragma once
#include <cstdint>
#include <filesystem>
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/publish/push.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/spec/project.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// The tag of an artifact whose reference has neither tag nor digest.
inline constexpr std::string_view vendor_tag = "vendor";

struct VendorArtifact {
  std::string reference;           // "host/team/web:vendor@sha256:..."
  oci::Digest digest;              // of its manifest; equal folders have equal digests
  std::vector<std::string> names;  // of the bases in it, "host/repo:tag@sha256:...", in the order of index.json
  // Blobs that were sent or fetched, and blobs that were there already.
  std::uint64_t blobs_moved = 0, bytes_moved = 0, blobs_present = 0;
};

// Pushes all that index.json of `folder` leads to. Blobs that the registry has are not sent again; all others are
// verified while they are sent. Error{usage} if `to` has a digest; Error{input} if a blob is missing in the folder,
// except manifests of platforms that were not vendored.
VendorArtifact push_vendored(const Context& context, const spec::Project* project, const std::filesystem::path& folder,
                             const oci::RegistryReference& to, const PushSettings& settings = {});

// Brings the artifact to `folder`, which need not exist. Valid blobs in the folder are not fetched again, and nothing
// is removed. Every blob is verified, and index.json gets the artifact's entries only after all of their blobs are
// there. `from`: any reference; a copy of the artifact on disk will do. Error{input} if it is not such an artifact,
// Error{integrity} if it is not complete.
VendorArtifact pull_vendored(const Context& context, const spec::Project* project, const std::string& from,
                             const std::filesystem::path& folder);

}  // namespace lapstrake::app
