// The folder that `lapstrake vendor` writes: an image layout with the bases and packages of a project. Its index.json
// lists each base as "host/repo:tag@sha256:..." and the packages as "packages@sha256:...".
#pragma once
#include <filesystem>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/store/layout.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

// The help of all errors in such a folder.
inline constexpr const char* vendor_again = "run `lapstrake vendor` again on a host with a network";

store::Layout vendor_layout(const std::filesystem::path& folder);

// The folder to read bases from; nothing if there is none.
std::optional<store::Layout> open_vendor_folder(const Context& context);

// A folder with other contents is not touched: Error{input}; Error{usage} if it is the store.
void require_vendor_folder(const store::Layout& layout, const std::filesystem::path& store_root);
// Creates what is missing; replaces a damaged index.json, with a warning.
void create_vendor_folder(const Context& context, const store::Layout& layout);

// The name of an entry of index.json; empty if it has none.
std::string vendored_name(const oci::Descriptor& entry);
// Whether the name of an entry ends with its digest, as all names do that `lapstrake vendor` writes.
bool is_vendored_entry(const oci::Descriptor& entry);
// Adds entries to index.json, which is sorted by name. All that they refer to must be there already.
void add_to_vendor_folder(const store::Layout& layout, const std::vector<oci::Descriptor>& entries);

}  // namespace lapstrake::app
