// A push to ECR whose repository is missing, or seems to be.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <string>

#include "network.hpp"

namespace lapstrake::app {

// ECR hangs up on an upload both when the repository is missing and when the right to push is
// (aws/containers-roadmap#1970): who asks can tell.
struct EcrFinding {
  enum class Kind { absent, present, unknown } kind = Kind::unknown;
  std::string why = {};  // it is not known
};

struct EcrQuestion {
  const Context& context;
  const Network& network;
  const oci::RegistryReference& target;
  const std::optional<spec::RepositorySettings>& settings;
};

// Asks DescribeRepositories; of one that is there, warns of what it has otherwise than the settings say. `unknown` for
// registries that are not ECR, and when the asking fails.
EcrFinding find_in_ecr(const EcrQuestion& question);
// The failure in ECR's case, with the cure that belongs to it.
Error explained(const Error& failure, const EcrFinding& finding, const EcrQuestion& question);
// Makes it with the settings, and tells. Error{usage} for registries that are not ECR.
void create_in_ecr(const EcrQuestion& question);

}  // namespace lapstrake::app
