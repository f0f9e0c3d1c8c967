// The addresses of the AWS services.
#pragma once
#include <lapstrake/aws/profile_endpoints.hpp>
#include <lapstrake/aws/service.hpp>
#include <lapstrake/base/runtime.hpp>
#include <string>

namespace lapstrake::aws {

// Which of a service's names a call goes to; the environment may ask for more.
struct EndpointForm {
  bool fips = false, dualstack = false;
};

// "https://api.ecr.eu-west-1.amazonaws.com": facts in docs/design.md, "Endpoints". Error{access} when the profile names
// a `services` section that does not exist.
std::string endpoint(Service service, const std::string& region, const Environment& environment, EndpointForm form = {},
                     const ProfileEndpoints& profile = {});

// The region that signatures of services without regions (IAM) name: one in each partition.
std::string global_region(const std::string& region);

}  // namespace lapstrake::aws
