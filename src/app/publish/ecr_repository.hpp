// Diagnoses and creates missing ECR repositories for a push.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <string>

#include <lapstrake/app/connect/network.hpp>

namespace lapstrake::app {

// ECR closes the connection on an upload both if the repository is missing and if the permission to push is missing
// (aws/containers-roadmap#1970); only a look-up distinguishes them.
struct EcrLookupResult {
  enum class Kind { absent, present, unknown } kind = Kind::unknown;
  std::string why = {};  // why it is unknown
};

struct EcrLookup {
  const Context& context;
  const Network& network;
  const oci::RegistryReference& target;
  const std::optional<spec::RepositorySettings>& settings;
};

// Calls DescribeRepositories; warns if an existing repository differs from the settings. `unknown` for registries that
// are not ECR, and if the call fails.
EcrLookupResult look_up_in_ecr(const EcrLookup& lookup);
// The failure with its cause and cure added, according to the look-up.
Error diagnose(const Error& failure, const EcrLookupResult& found, const EcrLookup& lookup);
// Creates the repository with the settings and reports it. Error{usage} for registries that are not ECR.
void create_in_ecr(const EcrLookup& lookup);

}  // namespace lapstrake::app
