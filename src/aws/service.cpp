#include <lapstrake/aws/service.hpp>

namespace lapstrake::aws {

const Api& api_of(Service service) {
  static constexpr Api ecr{"ECR", "ecr", "ecr", "AmazonEC2ContainerRegistry_V20150921", ""};
  static constexpr Api ecr_public{"ECR_PUBLIC", "ecr-public", "ecr-public", "SpencerFrontendService", ""};
  static constexpr Api ecs{"ECS", "ecs", "ecs", "AmazonEC2ContainerServiceV20141113", ""};
  static constexpr Api sts{"STS", "sts", "sts", "", "2011-06-15"};
  switch (service) {
    case Service::ecr: return ecr;
    case Service::ecr_public: return ecr_public;
    case Service::ecs: return ecs;
    case Service::sts: break;
  }
  return sts;
}

}  // namespace lapstrake::aws
