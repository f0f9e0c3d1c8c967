// Walking an image from its root: what it consists of, which platforms it is for.
#pragma once
#include <lapstrake/oci/place.hpp>
#include <lapstrake/registry/push.hpp>
#include <vector>

namespace lapstrake::app {

// Children first, the root last.
std::vector<registry::PushedManifest> manifests_of(const oci::Place& place, const oci::Descriptor& root);

// Of a manifest what its config states; of an index what its images are for (attestations, unknown/unknown, left out).
std::vector<oci::Platform> platforms_of(const oci::Place& place, const oci::Descriptor& root);

}  // namespace lapstrake::app
