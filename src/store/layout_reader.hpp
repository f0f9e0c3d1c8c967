// An image layout that is read, in a folder or in an archive.
#pragma once
#include <functional>
#include <lapstrake/oci/image_reader.hpp>
#include <optional>
#include <string>

namespace lapstrake::store {

// Opens a file of the layout by its name ("index.json"); nothing when it is absent.
using OpenMember = std::function<std::optional<Source>(const std::string& name)>;

// `name` as people say it ("oci:out:v1"), `where` without the tag ("oci:out").
struct LayoutSource {
  std::string name, where;
  OpenMember open;
};

oci::Index layout_index(const LayoutSource& layout);
// The image named `tag`; the only one when that is empty. Error{input} listing the tags.
oci::ImageReader layout_reader(const LayoutSource& layout, const std::string& tag);
oci::ImageReader layout_reader_of(const LayoutSource& layout, const oci::Descriptor& root);

}  // namespace lapstrake::store
