// Reads an image from a registry, a layout, an archive or the store. A record of functions, so that rooms that know
// these sources can pass them to rooms that do not.
#pragma once
#include <filesystem>
#include <functional>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/image.hpp>
#include <optional>
#include <string>

namespace lapstrake::oci {

struct ImageReader {
  std::string name;  // for messages: "oci:out:v1"
  // The manifest or index that the reference names. Error{input or network} when it is missing.
  std::function<Descriptor()> root;
  // A manifest, index or config, whole and verified; at most 8 MiB.
  std::function<std::string(const Descriptor&)> text;
  // A blob as a stream that fails at its end when digest or size differ.
  std::function<Source(const Descriptor&)> open;
  // The file with exactly the blob's bytes, if there is one: its size is checked, its digest is not. May be null.
  std::function<std::optional<std::filesystem::path>(const Descriptor&)> file = nullptr;
};

// One loaded image.
struct LoadedImage {
  Descriptor manifest_descriptor;
  std::string manifest_text, config_text;  // the original bytes
  Manifest manifest;
  ImageConfig config;
};

// Selects the platform in an index (also in nested ones; attestations, of platform unknown/unknown, are skipped). A
// manifest must match `platform` too. Error{input} listing the available platforms. Checks that the numbers of diff_ids
// and layers are equal.
LoadedImage load(const ImageReader& reader, const Platform& platform);

}  // namespace lapstrake::oci
