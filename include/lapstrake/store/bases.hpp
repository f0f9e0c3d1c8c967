// What the names of images in registries were last found to be, so that what the store has of them is found by name.
//
//   STORE/cache/bases/<hex of the name's digest>   the descriptor of a manifest or index, with a check sum
//
// It costs time only: an entry that is damaged is no entry. A tag may have moved since.
#pragma once
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <string>

namespace lapstrake::store {

// `name`: "host/repo:tag" or "host/repo@sha256:...".
std::optional<oci::Descriptor> find_base(const Store& store, const std::string& name);
// A store that cannot be written keeps nothing, silently.
void keep_base(const Store& store, const std::string& name, const oci::Descriptor& root);

}  // namespace lapstrake::store
