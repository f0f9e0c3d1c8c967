// File names and fixed texts of an image layout (image-spec image-layout.md).
#pragma once
#include <cstdint>
#include <filesystem>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/image.hpp>
#include <string>
#include <string_view>

namespace lapstrake::store {

inline constexpr std::string_view layout_text = R"({"imageLayoutVersion":"1.0.0"})";
inline constexpr std::string_view containerd_name_annotation = "io.containerd.image.name";
inline constexpr std::size_t most_text_bytes = 8u << 20;  // of a manifest, index or config

// "blobs/sha256/<hex>"
std::string blob_name(const oci::Digest& digest);
// Error{integrity}: a damaged text or an unsupported version.
void check_layout_text(std::string_view text, std::string_view what);
// The entry's name in index.json; empty when absent.
std::string ref_name(const oci::Descriptor& entry);
// Opens a regular file; the last component may not be a symlink. nullopt when it is absent.
std::optional<Source> open_regular(const std::filesystem::path& path);
// In bytes. Error{input}, with the path.
std::uint64_t size_of(const FileDescriptor& file, const std::filesystem::path& path);

}  // namespace lapstrake::store
