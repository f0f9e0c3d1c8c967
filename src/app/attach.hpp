// Files that are attached to an image which was pushed: `attachments:`.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <vector>

namespace lapstrake::app {

// Error{input} when its file is not there, or leads out of the spec's folder.
void require_file(const Context& context, const spec::Attachment& attachment);

// Each as a manifest of its own whose subject is `image`: the same bytes give the same digest, and are there once. One
// that fails is a warning, unless it is required. Returns the manifests of those that are attached.
std::vector<oci::Descriptor> attach(const Context& context, const registry::Repository& repository,
                                    const store::Store& store, const spec::Image& image, const oci::Descriptor& root);

}  // namespace lapstrake::app
