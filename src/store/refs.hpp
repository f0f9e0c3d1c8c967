// index.json, where the refs are: read, changed and replaced under a lock of its own.
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
// `change` says whether it changed anything; only then is anything written.
void change_refs(const std::filesystem::path& root, const std::function<bool(oci::Index&)>& change);

// Puts `descriptor` under `name`, in the place of what had that name; the other entries stay as they are. An empty name
// stands for all entries without one. False when it is there already.
bool replace_ref(oci::Index& index, const std::string& name, const oci::Descriptor& descriptor);
// Without entries that have no name; the name is not among the descriptors' annotations.
std::map<std::string, oci::Descriptor> refs_of(const oci::Index& index);

}  // namespace lapstrake::store
