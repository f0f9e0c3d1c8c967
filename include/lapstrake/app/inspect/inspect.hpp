// Reads the manifests, config, layers and files of an image for `lapstrake inspect`.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/inspect/inspected.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

// `name`: any form of reference, or the name of an image of `project` that was built into the store.
struct InspectOptions {
  bool files = false;      // read the layers as streams and list their entries
  bool referrers = false;  // list the referrers; Error{usage} if the image is not in a registry
};
Inspection inspect(const Context& context, const spec::Project* project, const std::string& name,
                   const InspectOptions& options = {});

}  // namespace lapstrake::app
