// Size limits for untrusted input: images, archives, registries' replies. All limits are here; docs/reference/limits.md
// lists them, and tests/base/limits_test.cpp compares the two. A limit on one member is not enough (a thousand members
// of 1 MiB are 1 GiB), so most of these are sums.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace lapstrake::limits {

inline constexpr std::uint64_t KiB = 1u << 10, MiB = 1u << 20, GiB = 1u << 30;

// JSON
inline constexpr std::uint64_t json_bytes = 8 * MiB;
inline constexpr std::uint64_t json_depth = 64;
inline constexpr std::uint64_t json_values = 100'000;
inline constexpr std::uint64_t list_members = 65'536;  // of one list or map of an image: ports, labels, environment
inline constexpr std::uint64_t history_entries = 10'000;
inline constexpr std::uint64_t layers = 1'000;

// Graphs of indexes and manifests
inline constexpr std::uint64_t nested_indexes = 4;  // levels of indexes above a manifest
inline constexpr std::uint64_t visited_manifests = 10'000;
inline constexpr std::uint64_t manifest_bytes = 64 * MiB;
inline constexpr std::uint64_t platforms = 100;

// File trees. Beyond a fixed allowance, the limits grow with the packed size: real images have at least as many bytes
// in their blobs as their names need in memory.
inline constexpr std::uint64_t path_bytes = 4096;
inline constexpr std::uint64_t layer_entries = 5'000'000;
inline constexpr std::uint64_t layer_bytes = 64 * GiB;  // ECR takes layers of 52,000 MiB (its service quotas)
// DEFLATE expands one byte to at most 1032; zstd and sparse files exceed that only with zeros.
inline constexpr std::uint64_t layer_bytes_at_least = 64 * MiB;
inline constexpr std::uint64_t layer_bytes_of_packed_byte = 1100;
constexpr std::uint64_t layer_bytes_for(std::uint64_t packed) {
  const auto most_packed = (layer_bytes - layer_bytes_at_least) / layer_bytes_of_packed_byte;
  return packed > most_packed ? layer_bytes : layer_bytes_at_least + packed * layer_bytes_of_packed_byte;
}
inline constexpr std::uint64_t tar_headers = 16 * MiB;  // all headers before one entry; libarchive takes 1 MiB of each
inline constexpr std::uint64_t tree_bytes = 40 * MiB;
inline constexpr std::uint64_t tree_bytes_of_packed_byte = 1;
inline constexpr std::uint64_t tree_bytes_at_most = 2 * GiB;
constexpr std::uint64_t tree_bytes_for(std::uint64_t packed) {
  const auto most_packed = (tree_bytes_at_most - tree_bytes) / tree_bytes_of_packed_byte;
  return packed > most_packed ? tree_bytes_at_most : tree_bytes + packed * tree_bytes_of_packed_byte;
}
inline constexpr std::uint64_t tree_steps = 4'000'000;
inline constexpr std::uint64_t tree_steps_of_packed_byte = 1;
inline constexpr std::uint64_t account_bytes = 1 * MiB;  // of etc/passwd or etc/group
inline constexpr std::uint64_t account_candidate_bytes = 4 * MiB;
inline constexpr std::uint64_t database_bytes = 32 * MiB;      // of dpkg and apk, in all layers together
inline constexpr std::uint64_t release_file_bytes = 64 * KiB;  // of os-release or debian_version
inline constexpr std::uint64_t edited_bytes = 16 * MiB;        // of a file that `edit` changes, before and after
inline constexpr std::uint64_t removed_paths = 100'000;        // that one glob of `remove` matches

// Files decompressed to disk
inline constexpr std::uint64_t spooled_bytes = 512 * MiB;
inline constexpr std::uint64_t spooled_bytes_of_packed_byte = 200;
inline constexpr std::uint64_t spooled_bytes_at_most = 64 * GiB;
inline constexpr std::uint64_t zip_entries = 1'000'000;  // of a wheel, whose list of files is in memory

constexpr std::uint64_t spooled_bytes_for(std::uint64_t packed) {
  const auto most_packed = (spooled_bytes_at_most - spooled_bytes) / spooled_bytes_of_packed_byte;
  return packed > most_packed ? spooled_bytes_at_most : spooled_bytes + packed * spooled_bytes_of_packed_byte;
}

// A package-lock.json
inline constexpr std::uint64_t package_lock_bytes = 32 * MiB;
inline constexpr std::uint64_t package_lock_values = 2'000'000;

// Lock files of Python (with everything that a requirements file includes) and pages of a package index
inline constexpr std::uint64_t lock_file_bytes = 16 * MiB;
inline constexpr std::uint64_t lock_file_depth = 32;
inline constexpr std::uint64_t lock_file_includes = 100;
inline constexpr std::uint64_t locked_packages = 10'000;
inline constexpr std::uint64_t index_page_bytes = 64 * MiB;
inline constexpr std::uint64_t index_page_values = 2'000'000;

// A token file, and the reply of a program, a service or a cache that has credentials
inline constexpr std::uint64_t credential_bytes = 64 * KiB;

// Debian archives
inline constexpr std::uint64_t release_bytes = 8 * MiB;          // of an InRelease file
inline constexpr std::uint64_t package_index_bytes = 512 * MiB;  // of a Packages file, decompressed
inline constexpr std::uint64_t package_accounts = 1000;          // that packages of one step create
inline constexpr std::uint64_t alternative_paths = 100'000;      // choices of one alternative times their slaves
inline constexpr std::uint64_t package_alternatives = 1000;      // `a | b | ...` of one dependency
inline constexpr std::uint64_t script_bytes = 512 * KiB;         // of a maintainer script; a larger one is unknown
inline constexpr std::uint64_t script_commands = 20'000;         // that are followed; each turn of a loop counts
inline constexpr std::uint64_t script_effect_bytes = 1 * MiB;    // of all effects of a script

// Docker cannot mount more layers.
inline constexpr std::uint64_t docker_layers = 125;

}  // namespace lapstrake::limits
