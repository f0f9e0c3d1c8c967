// What is attached to an image: manifests that name it as their `subject` (distribution-spec, "Listing Referrers").
#pragma once
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/registry/client.hpp>
#include <string>
#include <vector>

namespace lapstrake::registry {

// Those of one artifact type, or all; by the registry's API, or by the tag that stands in for it where there is none.
std::vector<oci::Descriptor> list_referrers(const Repository& repository, const oci::Digest& subject,
                                            const std::string& artifact_type = {});

// Makes a manifest with a subject, which was pushed by its digest, known to those who list. Where the registry has the
// API that is done already: api. Else it is added to the index at the fallback tag, whose other entries stay: tag.
// Which of the two is found out by asking; what the registry says on a push (OCI-Subject) is not believed
// (sigstore/sigstore-js#1183). Error{network} when others keep on changing the index.
enum class Listed { api, tag };
Listed list_referrer(const Repository& repository, const oci::Digest& subject, const oci::Descriptor& referrer);

// "sha256-0123...": the tag of the index of what refers to `subject`.
std::string fallback_tag(const oci::Digest& subject);

}  // namespace lapstrake::registry
