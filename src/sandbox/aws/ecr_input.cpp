#include "ecr_input.hpp"

#include <lapstrake/base/text.hpp>

#include "input.hpp"

namespace lapstrake::sandbox {

ApiFailure invalid(std::string_view parameter, std::string_view constraint) {
  return {"InvalidParameterException",
          cat("Invalid parameter at '", parameter, "' failed to satisfy constraint: '", constraint, "'")};
}

ApiFailure repository_not_found(const std::string& name, const std::string& account) {
  return {"RepositoryNotFoundException", no_such_repository(name, account)};
}

std::string repository_name(const nlohmann::json& input) {
  const std::string name = text_member(input, "repositoryName");
  if (!is_repository_name(name))
    throw invalid("repositoryName",
                  "must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*'");
  return name;
}

std::string registry_id(const nlohmann::json& input, const Caller& caller) {
  const std::string id = text_member(input, "registryId");
  return id.empty() ? caller.account : id;
}

}  // namespace lapstrake::sandbox
