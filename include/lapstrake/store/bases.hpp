// What is remembered of base images: what their names in registries were last found to be, and which files their layers
// make when they are laid on one another.
//
//   STORE/cache/bases/<hex of the name's digest>     the descriptor of a manifest or index
//   STORE/cache/trees/<hex of the layers' digests'>  the layers' digests, and any bytes (layers/base_files.hpp)
//
// It costs time only: an entry that is damaged is no entry. A tag may have moved since.
#pragma once
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::store {

// `name`: "host/repo:tag" or "host/repo@sha256:...".
std::optional<oci::Descriptor> find_base(const Store& store, const std::string& name);
// A store that cannot be written keeps nothing, silently.
void keep_base(const Store& store, const std::string& name, const oci::Descriptor& root);

// `layers`: the lowest first. The bytes are not verified here.
std::optional<std::string> find_tree(const Store& store, const std::vector<oci::Descriptor>& layers);
void keep_tree(const Store& store, const std::vector<oci::Descriptor>& layers, std::string_view tree);

}  // namespace lapstrake::store
