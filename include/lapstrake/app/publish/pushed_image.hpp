// The settings and the result of a push.
#pragma once
#include <cstdint>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/reference.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

struct PushSettings {
  bool create_repository = false;  // --create-repository: ECR only
};

struct PushedImage {
  std::string name{};
  std::vector<oci::PinnedReference> references{};  // one per tag, or one without a tag; never empty
  std::uint64_t blobs_sent = 0, bytes_sent = 0, blobs_present = 0;
  std::vector<oci::Descriptor> attachments{};  // manifests of the attachments, without optional ones that failed
};

}  // namespace lapstrake::app
