// The AWS services that lapstrake calls, and their names in addresses, signatures and headers.
#pragma once
#include <string_view>

namespace lapstrake::aws {

enum class Service {
  ecr,
  ecr_public,
  ecs,
  sso,
  sts,
  logs,
  ssm,
  secrets_manager,
  application_autoscaling,
  iam,
  ec2,
  load_balancing
};

struct Api {
  std::string_view variable;      // AWS_ENDPOINT_URL_...
  std::string_view signing_name;  // and the prefix of IAM actions
  std::string_view host;          // "ecs" of ecs.eu-west-1.amazonaws.com
  std::string_view target;        // of X-Amz-Target; empty: the query protocol
  std::string_view version;       // of the query protocol
};
const Api& api_of(Service service);

}  // namespace lapstrake::aws
