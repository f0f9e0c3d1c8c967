// The differences between two builds of an image, and their causes: the base, the layers file by file, the config.
#pragma once
#include <lapstrake/layers/inventory.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/platform.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

struct LayerChange {
  enum class Status {
    reused,   // the same blob as before
    rebuilt,  // a different blob, because of `reasons` and `changes`
    added     // no previous layer is known
  };
  std::string layer{};
  Status status = Status::added;
  std::vector<std::string> reasons{};     // causes that change all bytes: "compression was gzip 1 and is zstd 3"
  std::vector<layers::Change> changes{};  // all of them, in the layer's order
};

struct ImageChange {
  oci::Platform platform{};
  std::optional<oci::Digest> before{};                     // the manifest's digest of the last build, if there was one
  oci::Digest after = oci::Digest::of(std::string());      // ... and of this one
  std::optional<std::string> base_before{}, base_after{};  // digests, when they differ
  std::vector<std::string> reasons{};                      // other causes: "layer a was removed", a changed byte format
  std::vector<std::string> config{};  // names of the members that differ: "Env", "Entrypoint", "annotations"
  std::vector<LayerChange> layers{};
};

}  // namespace lapstrake::app
