// A login to a registry.
#pragma once
#include <string>

namespace lapstrake::registry {

struct Login {
  std::string username = {}, password = {};
  bool identity_token = false;  // `password` is an OAuth2 refresh token (docker's "<token>" user)
  bool registry_token = false;  // `password` is a bearer token for the registry itself (docker's "registrytoken")
  bool preemptive = false;      // send Basic at once, without waiting for a challenge (ECR)
  std::string source = {};      // "docker's config.json", "ECR token of arn:...": for -v
};

}  // namespace lapstrake::registry
