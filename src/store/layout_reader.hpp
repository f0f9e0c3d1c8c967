// Reads images from an image layout, in a folder or in an archive.
#pragma once
#include <functional>
#include <lapstrake/oci/image_reader.hpp>
#include <optional>
#include <string>

namespace lapstrake::store {

// Opens a file of the layout by its name ("index.json"); nullopt when it is absent.
using OpenMember = std::function<std::optional<Source>(const std::string& name)>;

// For messages: `name` is the reference ("oci:out:v1"), `where` the same without the tag ("oci:out").
struct LayoutSource {
  std::string name, where;
  OpenMember open;
};

oci::Index layout_index(const LayoutSource& layout);
// The image named `tag`, or the only image when `tag` is empty. Error{input} listing the tags.
oci::ImageReader layout_reader(const LayoutSource& layout, const std::string& tag);
oci::ImageReader layout_reader_of(const LayoutSource& layout, const oci::Descriptor& root);

}  // namespace lapstrake::store
