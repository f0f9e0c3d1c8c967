// Bills of materials (SBOMs): made from the spec, `lapstrake.lock` and the base of an image, or read from its registry.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/supply/bill_format.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/packages/sbom/document.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

struct Bill {
  oci::Descriptor subject;  // a manifest or an index
  packages::sbom::Document document;
};

// Those of an image of `project` that was built into the store: of `root`, and if it is an index, then of each of its
// manifests. The one of an index has the components of all manifests. Error{usage} if `lapstrake.lock` lacks packages
// of the image.
std::vector<Bill> bills_of(const Context& context, const spec::Project& project, const spec::Image& image,
                           const store::Store& store, const oci::Descriptor& root);

// The text for an image: of one in the store, which must be the one that the spec and the lock describe (Error{input}
// otherwise); of one in a registry, the attached bill. With `--platform` that of one manifest. `name`: any form of
// reference, or the name of an image of `project`. Without a format: SPDX, and of a registry the one that it has.
std::string bill_text(const Context& context, const spec::Project* project, const std::string& name,
                      std::optional<BillFormat> format);

}  // namespace lapstrake::app
