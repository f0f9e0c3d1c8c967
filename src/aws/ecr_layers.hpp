// upload_layer() with configurable part sizes, for tests with small layers.
#pragma once
#include <lapstrake/aws/ecr.hpp>

namespace lapstrake::aws {

// Sizes of all parts except the last; ECR's quota, and LayerPartBlob of its model.
struct PartSizes {
  std::uint64_t least = 5u << 20, most = 20u << 20;
};

void upload_layer(const Session& session, const std::string& account, const std::string& repository,
                  const LayerFile& layer, const std::function<void(std::uint64_t sent)>& progress, PartSizes sizes);

}  // namespace lapstrake::aws
