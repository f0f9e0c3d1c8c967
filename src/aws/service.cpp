#include <lapstrake/aws/service.hpp>

namespace lapstrake::aws {

const Api& api_of(Service service) {
  static constexpr Api ecr{"ECR", "ecr", "ecr", "AmazonEC2ContainerRegistry_V20150921", ""};
  static constexpr Api ecr_public{"ECR_PUBLIC", "ecr-public", "ecr-public", "SpencerFrontendService", ""};
  static constexpr Api ecs{"ECS", "ecs", "ecs", "AmazonEC2ContainerServiceV20141113", ""};
  static constexpr Api sso{"SSO", "", "portal.sso", "", ""};  // REST, not signed
  static constexpr Api sts{"STS", "sts", "sts", "", "2011-06-15"};
  static constexpr Api logs{"CLOUDWATCH_LOGS", "logs", "logs", "Logs_20140328", ""};
  static constexpr Api ssm{"SSM", "ssm", "ssm", "AmazonSSM", ""};
  static constexpr Api secrets_manager{"SECRETS_MANAGER", "secretsmanager", "secretsmanager", "secretsmanager", ""};
  static constexpr Api application_autoscaling{"APPLICATION_AUTO_SCALING", "application-autoscaling",
                                               "application-autoscaling", "AnyScaleFrontendService", ""};
  static constexpr Api iam{"IAM", "iam", "iam", "", "2010-05-08"};
  static constexpr Api ec2{"EC2", "ec2", "ec2", "", "2016-11-15"};
  static constexpr Api load_balancing{"ELASTIC_LOAD_BALANCING_V2", "elasticloadbalancing", "elasticloadbalancing", "",
                                      "2015-12-01"};
  switch (service) {
    case Service::ecr: return ecr;
    case Service::ecr_public: return ecr_public;
    case Service::ecs: return ecs;
    case Service::logs: return logs;
    case Service::ssm: return ssm;
    case Service::secrets_manager: return secrets_manager;
    case Service::application_autoscaling: return application_autoscaling;
    case Service::iam: return iam;
    case Service::ec2: return ec2;
    case Service::load_balancing: return load_balancing;
    case Service::sso: return sso;
    case Service::sts: break;
  }
  return sts;
}

}  // namespace lapstrake::aws
