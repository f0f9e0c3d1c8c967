// The components of one manifest of an image, as the spec, the lock and the base name them.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/packages/sbom/document.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <set>
#include <vector>

namespace lapstrake::app {

struct ImageParts {
  std::vector<packages::sbom::Component> components;
  std::optional<oci::Digest> base = {};  // its manifest
  std::set<oci::Digest> archives = {};   // of packages, and fetched files
};

// Error{usage} if `lapstrake.lock` lacks packages of the image.
ImageParts parts_of(const Context& context, const spec::Project& project, const spec::Image& image,
                    const oci::Platform& platform, const store::Store& store);

}  // namespace lapstrake::app
