// The tag of a layer cache and reading its manifest, shared by `--cache-from` and `--cache-to`.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/spec/project.hpp>
#include <string>
#include <vector>

#include <lapstrake/app/build/cache_manifest.hpp>

namespace lapstrake::app {

// If no tag was given, a separate tag for each image and platform.
oci::RegistryReference with_cache_tag(oci::RegistryReference where, const spec::Image& image,
                                      const oci::Platform& platform);

// Error{integrity} if it is not a cache.
std::vector<CacheEntry> read_cache(const registry::Repository& repository, const oci::Descriptor& found,
                                   const oci::RegistryReference& where);

// For a warning: the summary, the reason and the cure.
std::string one_line(const Error& error);

}  // namespace lapstrake::app
