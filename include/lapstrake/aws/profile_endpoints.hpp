// The endpoint settings of a profile in ~/.aws/config.
#pragma once
#include <map>
#include <string>

namespace lapstrake::aws {

struct ProfileEndpoints {
  std::string url = {};                              // `endpoint_url`, for all services
  std::map<std::string, std::string> services = {};  // of its `services` section: "ecr_public" -> its `endpoint_url`
  std::string missing_section = {};                  // the section that `services` refers to, if it does not exist
  bool ignored = false;                              // `ignore_configured_endpoint_urls`
  bool fips = false, dualstack = false;              // `use_fips_endpoint`, `use_dualstack_endpoint`
};

}  // namespace lapstrake::aws
