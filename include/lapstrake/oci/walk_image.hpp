// Walks an image from its root through nested indexes and manifests to configs and layers: depth first, each digest
// once, within the limits for graphs of indexes (base/limits.hpp). All code that follows indexes uses this.
#pragma once
#include <functional>
#include <lapstrake/base/error.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/image.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::oci {

// Reads a manifest, index or config.
using ReadText = std::function<std::string(const Descriptor&)>;

struct WalkedBlob {
  const Descriptor& descriptor;
  // Reads the config of a manifest; counts against the limits of the walk.
  const ReadText& read;
  std::string text = {};  // of an index or a manifest
  // The parsed text: one of these two, or neither for configs, layers and unknown media types.
  std::optional<Index> index = {};
  std::optional<Manifest> manifest = {};

  // The manifests of an index; the layers and then the config of a manifest.
  std::vector<Descriptor> references() const;
};

struct ImageVisitor {
  // Called after all blobs to which `blob` refers.
  std::function<void(WalkedBlob& blob)> leave;
  // Called for each reference, also for repeated ones: false skips it. Without it, all references are followed.
  std::function<bool(const Descriptor& child, const WalkedBlob& parent)> follow = nullptr;
  // An error of reading, parsing or visiting `blob`; when it returns, the walk continues behind the blob. Without it,
  // the error is thrown on.
  std::function<void(const Descriptor& blob, const Error& error)> failed = nullptr;
  // Whether a root that is not an index may be any blob; otherwise it must be a manifest.
  bool allow_blob_as_root = false;
};

// `name`: of the image, for messages. Error{integrity} for invalid
// texts, for indexes nested deeper than limits::nested_indexes levels (the root is the first) and beyond the limits of
// SeenBlobs.
void walk_image(const std::string& name, const Descriptor& root, const ReadText& read, const ImageVisitor& visitor);

}  // namespace lapstrake::oci
