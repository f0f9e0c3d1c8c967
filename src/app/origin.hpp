// An image to be read, in any form of reference: the store's, a layout, an archive, a registry.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/place.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/spec/project.hpp>
#include <memory>
#include <optional>
#include <string>

#include "distant.hpp"
#include "trust.hpp"

namespace lapstrake::app {

struct Origin {
  oci::Place place;  // its root is asked for once: a tag that moves meanwhile does not make two images of one
  // Where it lies, one of these three.
  std::shared_ptr<const Distant> distant = nullptr;  // the store
  std::optional<oci::DiskReference> disk = {};
  std::optional<oci::RegistryReference> remote = {};
  std::shared_ptr<const registry::Repository> repository = nullptr;  // of `remote`
  // How it is called there: "v1" and "host/team/web:v1"; empty when it has no name.
  std::string tag = {}, full_name = {};

  // A blob as it is, verified at its end, by the quickest way that there is.
  void read(const oci::Descriptor& blob, const Sink& sink, const std::stop_token& stop) const;
};

// `name`: any reference form, or the name of an image of `project` that was built into the store. The context must
// outlive the origin.
Origin open_origin(const Context& context, const spec::Project* project, const std::string& name);

// Reads a blob, and tells of it.
void read_told(const Context& context, const Origin& origin, const oci::Descriptor& blob, const Sink& sink);

Registries registries_of(const spec::Project* project);

// The root; or, if `--platform` chose, the manifest for it, of an index. Error{usage} for more than one platform.
oci::Descriptor chosen_root(const Context& context, const oci::Place& place);

}  // namespace lapstrake::app
