// Opens an image for reading by any reference: in the store, a layout, an archive or a registry.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/spec/project.hpp>
#include <memory>
#include <optional>
#include <string>

#include <lapstrake/app/connect/registry_settings.hpp>
#include <lapstrake/app/images/remote_layers.hpp>

namespace lapstrake::app {

struct SourceImage {
  oci::ImageReader reader;  // its root is resolved once, so that a tag that moves meanwhile does not mix two images
  // Its source: one of these three.
  std::shared_ptr<const RemoteLayers> remote_layers = nullptr;  // the store
  std::optional<oci::DiskReference> disk = {};
  std::optional<oci::RegistryReference> remote = {};
  std::shared_ptr<const registry::Repository> repository = nullptr;  // of `remote`
  // Its names there: "v1" and "host/team/web:v1"; empty if it has no name.
  std::string tag = {}, full_name = {};

  // Streams a blob unchanged, verified at its end, in the fastest way.
  void read(const oci::Descriptor& blob, const Sink& sink, const std::stop_token& stop) const;
};

// `name`: any form of reference, or the name of an image of `project` that was built into the store.
SourceImage open_image(const Context& context, const spec::Project* project, const std::string& name);

// Reads a blob and reports progress.
void read_blob(const Context& context, const SourceImage& source, const oci::Descriptor& blob, const Sink& sink);

Registries registries_of(const spec::Project* project);

// The root; with `--platform` the manifest of the index for that platform. Error{usage} for more than one platform.
oci::Descriptor selected_root(const Context& context, const oci::ImageReader& reader);

}  // namespace lapstrake::app
