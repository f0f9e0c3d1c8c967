// Referrers of an image: manifests with the image as their `subject` (distribution-spec, "Listing Referrers").
#pragma once
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/registry/client.hpp>
#include <string>
#include <vector>

namespace lapstrake::registry {

// Those of one artifact type, or all; by the referrers API, or by the fallback tag if the registry lacks this API.
std::vector<oci::Descriptor> list_referrers(const Repository& repository, const oci::Digest& subject,
                                            const std::string& artifact_type = {});

// Makes a manifest with a subject, which was pushed by digest, visible in the list of referrers. If the registry has
// the referrers API there is nothing to do: api. Otherwise adds it to the index at the fallback tag: tag. Checks for
// the API with a request, because the OCI-Subject header of a push is not reliable (sigstore/sigstore-js#1183).
// Error{network} when the index is modified concurrently again and again.
enum class ListedBy { api, tag };
ListedBy add_referrer(const Repository& repository, const oci::Digest& subject, const oci::Descriptor& referrer);

// "sha256-0123...": the tag of the index of the referrers of `subject`.
std::string fallback_tag(const oci::Digest& subject);

}  // namespace lapstrake::registry
