// The refs in index.json: read, changed and replaced under their own lock.
#pragma once
#include <filesystem>
#include <functional>
#include <lapstrake/oci/image.hpp>
#include <map>
#include <string>

namespace lapstrake::store {

// oci-layout and an empty index.json, where they are absent.
void make_layout_files(const std::filesystem::path& root);
// Any layout's index.json. Error{integrity} when it is damaged.
oci::Index read_layout_index(const std::filesystem::path& path);
// The store's own, with a cure in the Error.
oci::Index read_index(const std::filesystem::path& root);
// `change` returns whether it changed the index; only then the file is written.
void change_refs(const std::filesystem::path& root, const std::function<bool(oci::Index&)>& change);

// Sets `name` to `descriptor`, replacing an entry of that name; the other entries are unchanged. An empty name means
// all entries without a name. False when nothing changed.
bool replace_ref(oci::Index& index, const std::string& name, const oci::Descriptor& descriptor);
// Entries without a name are left out; the name is removed from the descriptors' annotations.
std::map<std::string, oci::Descriptor> refs_of(const oci::Index& index);

}  // namespace lapstrake::store
