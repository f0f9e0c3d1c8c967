// Uploads layers in parts through the ECR API.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/aws/call.hpp>
#include <string>

namespace lapstrake::aws {

// A blob in a file.
struct LayerFile {
  std::string digest;  // "sha256:..."
  std::uint64_t size = 0;
  std::filesystem::path path;
};
// Sizes of all parts except the last; ECR's quota, and LayerPartBlob of its model.
struct PartSizes {
  std::uint64_t least = 5u << 20, most = 20u << 20;
};

// Sends a layer by ECR's own API: InitiateLayerUpload, UploadLayerPart with parts of the size that ECR asks for (5 to
// 20 MiB), CompleteLayerUpload. Each part is retried separately, so that a large layer gets through a bad link; an
// upload that ECR lost is restarted, at most three times in all. A layer that ECR has already is success. Holds one
// part in memory. `progress` gets the sent bytes of the layer. Error{integrity}, before the last part is sent, when
// the file does not match the digest.
void upload_layer(const Session& session, const std::string& account, const std::string& repository,
                  const LayerFile& layer, const std::function<void(std::uint64_t sent)>& progress,
                  PartSizes sizes = {});

}  // namespace lapstrake::aws
