// The networks of EC2 in the sandbox: VPCs, subnets and security groups of a region.
#pragma once
#include <lapstrake/sandbox/aws/api.hpp>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lapstrake::sandbox {

// Documents have the names of EC2's XML: "subnetId".
struct NetworkRegion {
  std::map<std::string, nlohmann::json> vpcs{}, subnets{}, groups{};  // by id
};

class NetworkState {
 public:
  // Throws ECS's ApiFailure for subnets and security groups that are missing or belong to different VPCs.
  void check(const std::vector<std::string>& subnets, const std::vector<std::string>& groups, const Caller& caller);
  // A subnet's document; throws ApiFailure{InvalidSubnetID.NotFound}.
  nlohmann::json subnet(const std::string& id, const Caller& caller);

  // Operations.
  using Json = nlohmann::json;
  Json describe_vpcs(const Json& input, const Caller& caller);
  Json describe_subnets(const Json& input, const Caller& caller);
  Json describe_groups(const Json& input, const Caller& caller);
  Json create_vpc(const Json& input, const Caller& caller);
  Json create_subnet(const Json& input, const Caller& caller);
  Json create_group(const Json& input, const Caller& caller);
  Json authorize_ingress(const Json& input, const Caller& caller);
  Json revoke_ingress(const Json& input, const Caller& caller);

 private:
  NetworkRegion& region_of(const Caller& caller);

  std::mutex mutex_;
  std::map<std::string, NetworkRegion> regions_;
};

}  // namespace lapstrake::sandbox
