// Attaches files to a pushed image (`attachments:` in the spec).
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <vector>

namespace lapstrake::app {

// Error{input} if the file is missing or outside the spec's folder.
void require_file(const Context& context, const spec::Attachment& attachment);

// Pushes one manifest per attachment, with `root` as its subject: the same bytes give the same digest and are stored
// once. A failure is a warning unless the attachment is required. Returns the manifests of the attachments that were
// pushed.
std::vector<oci::Descriptor> attach(const Context& context, const registry::Repository& repository,
                                    const store::Store& store, const spec::Image& image, const oci::Descriptor& root);

// A file that lapstrake makes: an SBOM.
struct AttachedText {
  std::string image;       // for events
  std::string name, type;  // "sbom.spdx.json"; its media type
  std::string text;
};
oci::Descriptor attach_text(const Context& context, const registry::Repository& repository, const store::Store& store,
                            const AttachedText& attached, const oci::Descriptor& subject);

}  // namespace lapstrake::app
