// The names of a base image: for people, in the lock, in messages.
#pragma once
#include <filesystem>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/reference.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

// The name as in org.opencontainers.image.base.name: "docker.io/library/debian:12"; with the digest only if there is no
// tag.
std::string base_name(const oci::RegistryReference& reference);

// The name of a base in the lock: "docker.io/library/debian:12", or on disk relative to the spec's folder,
// "oci:../base:v1". Nothing for a base by digest.
std::optional<std::string> lock_name(const std::filesystem::path& folder, const oci::Reference& base);

// The reference with the lock's digest, unless it has a digest.
oci::RegistryReference pinned(oci::RegistryReference reference, const std::optional<oci::Digest>& pin);

// "layer sha256:... of the base `host/repo:tag`"
std::string layer_of_base(const oci::Descriptor& layer, const std::string& base);

}  // namespace lapstrake::app
