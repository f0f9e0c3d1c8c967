// All that building and pushing need from registries, in a folder: for hosts that cannot reach them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/spec/project.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

inline constexpr std::string_view vendor_folder = "lapstrake-vendor";  // beside the spec

struct VendoredBase {
  std::string name;  // as of base_name(): "docker.io/library/debian:12-slim"
  oci::Digest digest;
  std::uint64_t blobs_fetched = 0, bytes_fetched = 0, blobs_present = 0;
};

// Brings the bases that lie in registries into `folder`, an OCI layout: for the platforms of the images (or
// Context::platforms), indexes as the bytes they are. What is there and right is not fetched; what is there stays, so
// that environments share it. Bases without an entry get one in `lapstrake.lock`; with Context::locked that is
// Error{usage}. Names in the layout are "host/repo:tag@sha256:...". `each` is told every base as soon as it is whole.
std::vector<VendoredBase> vendor(const Context& context, const spec::Project& project,
                                 const std::filesystem::path& folder,
                                 const std::function<void(const VendoredBase&)>& each = nullptr);

}  // namespace lapstrake::app
