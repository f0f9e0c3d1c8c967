// A place that images are read from: a registry, a layout, an archive, the store. A record of functions, so that rooms
// which know such places hand them to rooms which do not.
#pragma once
#include <filesystem>
#include <functional>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/image.hpp>
#include <optional>
#include <string>

namespace lapstrake::oci {

struct ImageReader {
  std::string name;  // how people call it: "oci:out:v1"
  // The manifest or index that the reference names. Error{input or network} when it is not there.
  std::function<Descriptor()> root;
  // A manifest, index or config, whole and verified; at most 8 MiB.
  std::function<std::string(const Descriptor&)> text;
  // A blob as a stream that fails at its end if digest or size are wrong.
  std::function<Source(const Descriptor&)> open;
  // The file that holds the blob as it is, of its size and not verified; nothing, or no function, where there is none.
  std::function<std::optional<std::filesystem::path>(const Descriptor&)> file = nullptr;
};

// One image of a place.
struct LoadedImage {
  Descriptor manifest_descriptor;
  std::string manifest_text, config_text;  // the bytes as they came
  Manifest manifest;
  ImageConfig config;
};

// Picks the platform from an index (nested ones too; attestation children, platform unknown/unknown, are passed over).
// A manifest must match `platform` as well. Error{input} listing what platforms there are. Checks that diff_ids and
// layers have one length.
LoadedImage load(const ImageReader& reader, const Platform& platform);

}  // namespace lapstrake::oci
