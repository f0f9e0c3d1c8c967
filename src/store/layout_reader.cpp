#include "layout_reader.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <set>

#include "layout_files.hpp"

namespace lapstrake::store {
namespace {

std::optional<std::string> member_text(const LayoutSource& layout, const std::string& name) {
  const auto source = layout.open(name);
  if (!source) return std::nullopt;
  return read_all(*source, most_text_bytes, cat("`", name, "` of `", layout.where, "`"));
}

std::string index_text(const LayoutSource& layout) {
  const auto version = member_text(layout, "oci-layout");
  auto index = member_text(layout, "index.json");
  if (!version || !index)
    throw Error(ErrorKind::input, cat("`", layout.where, "` is not an OCI image layout"))
        .because(cat("it has no `", version ? "index.json" : "oci-layout", "`"));
  check_layout_text(*version, cat("the `oci-layout` of `", layout.where, "`"));
  return *index;
}

std::string containerd_name(const oci::Descriptor& entry) {
  const auto found = entry.annotations.find(std::string(containerd_name_annotation));
  return found == entry.annotations.end() ? "" : found->second;
}

// The part after the last `:` of a name like "r.example:5000/web:v1".
std::string_view tag_part(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos || name.find('/', colon) != std::string_view::npos ? ""
                                                                                            : name.substr(colon + 1);
}

std::string names_in(const oci::Index& index) {
  std::set<std::string> names;
  for (const auto& entry : index.manifests)
    if (const auto name = ref_name(entry); !name.empty()) names.insert(cat("`", printable(name, 200), "`"));
  return names.empty() ? "it has no tags" : cat("its tags are ", join({names.begin(), names.end()}, ", "));
}

// The entries named `tag`: by their full names, else by the part after the colon.
std::vector<oci::Descriptor> entries_called(const oci::Index& index, const std::string& tag) {
  std::vector<oci::Descriptor> full, partly;
  for (const auto& entry : index.manifests) {
    if (ref_name(entry) == tag || containerd_name(entry) == tag) full.push_back(entry);
    if (tag_part(ref_name(entry)) == tag || tag_part(containerd_name(entry)) == tag) partly.push_back(entry);
  }
  return full.empty() ? partly : full;
}

bool are_one(const std::vector<oci::Descriptor>& entries) {
  return std::ranges::all_of(entries, [&](const auto& entry) { return entry.digest == entries.front().digest; });
}

// Its annotations hold its name in this layout, which is not part of the image.
oci::Descriptor without_names(oci::Descriptor entry) {
  entry.annotations.clear();
  return entry;
}

}  // namespace

oci::Index layout_index(const LayoutSource& layout) {
  return oci::parse_index(index_text(layout), oci::media_type::index, cat("the `index.json` of `", layout.where, "`"));
}

oci::ImageReader layout_reader_of(const LayoutSource& layout, const oci::Descriptor& root) {
  const auto open = [layout](const oci::Descriptor& blob) {
    auto bytes = layout.open(blob_name(blob.digest));
    if (!bytes) throw Error(ErrorKind::input, cat("`", layout.name, "` has no blob ", blob.digest.text()));
    return oci::verified(std::move(*bytes), blob.digest, blob.size,
                         cat("blob ", blob.digest.brief(), " of `", layout.name, "`"));
  };
  const auto text = [open](const oci::Descriptor& blob) {
    return read_all(open(blob), most_text_bytes, cat("blob ", blob.digest.brief()));
  };
  return {.name = layout.name, .root = [root] { return root; }, .text = text, .open = open};
}

namespace {

// Some tools write the images of several platforms into index.json side by side and without names: then that text is
// the index of the image.
oci::ImageReader whole_layout_reader(const LayoutSource& layout) {
  const std::string text = index_text(layout);
  const auto root = oci::descriptor_of(text, oci::media_type::index);
  auto reader = layout_reader_of(layout, root);
  reader.text = [text, root, inner = reader.text](const oci::Descriptor& blob) {
    return blob.digest == root.digest ? text : inner(blob);
  };
  reader.open = [text = std::make_shared<const std::string>(text), root,
                 inner = reader.open](const oci::Descriptor& blob) {
    if (blob.digest != root.digest) return inner(blob);
    return Source([text, source = source_of(*text)](std::span<std::byte> room) { return source(room); });
  };
  return reader;
}

}  // namespace

oci::ImageReader layout_reader(const LayoutSource& layout, const std::string& tag) {
  const oci::Index index = layout_index(layout);
  const auto entries = tag.empty() ? index.manifests : entries_called(index, tag);
  if (entries.empty() && tag.empty()) throw Error(ErrorKind::input, cat("`", layout.where, "` has no image"));
  if (entries.empty())
    throw Error(ErrorKind::input, cat("`", layout.where, "` has no image `", printable(tag, 200), "`"),
                "name one of its tags")
        .because(names_in(index));
  if (are_one(entries)) return layout_reader_of(layout, without_names(entries.front()));
  const auto has_platform = [](const oci::Descriptor& entry) {
    return entry.platform.has_value() && ref_name(entry).empty();
  };
  if (tag.empty() && std::ranges::all_of(entries, has_platform)) return whole_layout_reader(layout);
  throw Error(ErrorKind::input, cat("`", layout.name, "` has more than one image"),
              cat("name one: `", layout.where, ":TAG`"))
      .because(names_in(index));
}

}  // namespace lapstrake::store
