#include <lapstrake/aws/ecs/scaling.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/aws/lookups/networks.hpp>
#include <lapstrake/base/text.hpp>

#include "scope.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

std::vector<std::string> texts(const json& object, const char* name) {
  std::vector<std::string> out;
  for (const auto& value : aws::list_of(object, name))
    if (value.is_string()) out.push_back(value);
  return out;
}

constexpr const char* network_pointer = "/networkConfiguration/awsvpcConfiguration";

class ServiceNetwork {
 public:
  ServiceNetwork(OnlineScope& scope, const spec::Service& service)
      : scope_(scope), service_(service), document_(json::parse(service.document)) {
    const auto& vpc = aws::member_of(aws::member_of(document_, "networkConfiguration"), "awsvpcConfiguration");
    subnet_ids_ = texts(vpc, "subnets");
    group_ids_ = texts(vpc, "securityGroups");
  }

  void check() {
    const auto subnets = aws::find_subnets(scope_.session, subnet_ids_);
    const auto groups = aws::find_security_groups(scope_.session, group_ids_);
    for (const auto& id : subnet_ids_)
      if (!subnets.contains(id)) missing("subnet", id, "/subnets");
    for (const auto& id : group_ids_)
      if (!groups.contains(id)) missing("security group", id, "/securityGroups");
    for (const auto& [id, subnet] : subnets) same_vpc(id, aws::text_of(subnet, "vpcId"), "/subnets");
    for (const auto& [id, group] : groups) same_vpc(id, aws::text_of(group, "vpcId"), "/securityGroups");
    const auto& balancers = aws::list_of(document_, "loadBalancers");
    for (std::size_t i = 0; i < balancers.size(); ++i) check_balancer(cat("/loadBalancers/", i), balancers[i], groups);
  }

 private:
  void missing(const std::string& what, const std::string& id, const char* where) {
    scope_.add(
        service_, cat(network_pointer, where),
        {.message = cat("the ", what, " `", id, "` does not exist in ", scope_.session.region),
         .help = cat("list them with `aws ec2 describe-", what == "subnet" ? "subnets" : "security-groups", "`")});
  }

  void same_vpc(const std::string& id, const std::string& vpc, const char* where) {
    if (vpc_.empty()) vpc_ = vpc;
    if (vpc != vpc_)
      scope_.add(service_, cat(network_pointer, where),
                 {.message = cat("`", id, "` is in the VPC ", vpc, ", the others are in ", vpc_),
                  .help = "the subnets and security groups of a service belong to one VPC"});
  }

  void check_balancer(const std::string& pointer, const json& balancer, const std::map<std::string, json>& groups) {
    const auto arn = aws::text_of(balancer, "targetGroupArn");
    if (arn.empty()) return;
    const auto target = aws::find_target_group(scope_.session, arn);
    if (!target) {
      scope_.add(service_, pointer,
                 {.message = cat("the target group ", arn, " does not exist"),
                  .help = "list them with `aws elbv2 describe-target-groups`"});
      return;
    }
    if (target->type != "ip" && !subnet_ids_.empty())
      scope_.add(service_, pointer,
                 {.message = cat("the target group ", arn, " has the target type `", target->type, "`"),
                  .help = "tasks with the network mode awsvpc need the target type `ip`"});
    if (!vpc_.empty() && target->vpc != vpc_)
      scope_.add(service_, pointer,
                 {.message = cat("the target group is in the VPC ", target->vpc, ", the service in ", vpc_),
                  .help = "create the target group in the VPC of the service"});
    check_port(pointer, balancer, *target, groups);
  }

  // The load balancer must reach the container's port through one of the service's security groups.
  void check_port(const std::string& pointer, const json& balancer, const aws::TargetGroup& target,
                  const std::map<std::string, json>& groups) {
    const auto port = aws::number_of(balancer, "containerPort");
    const auto from = aws::security_groups_of(scope_.session, target.load_balancers);
    if (!port || groups.empty() || from.empty()) return;
    for (const auto& group : groups)
      if (aws::admits(group.second, static_cast<int>(*port), from)) return;
    scope_.add(service_, pointer,
               {.message = cat("no security group of the service admits the load balancer to port ", *port),
                .help = cat("aws ec2 authorize-security-group-ingress --group-id ", groups.begin()->first,
                            " --protocol tcp --port ", *port, " --source-group ", from.front())});
  }

  OnlineScope& scope_;
  const spec::Service& service_;
  json document_;
  std::vector<std::string> subnet_ids_ = {}, group_ids_ = {};
  std::string vpc_ = {};
};

aws::ServiceId id_in(const json& document, const spec::Service& service) {
  const auto cluster = aws::text_of(document, "cluster"), name = aws::text_of(document, "serviceName");
  return {.cluster = cluster.empty() ? "default" : cluster, .name = name.empty() ? service.name : name};
}

}  // namespace

void check_networks(OnlineScope& scope) {
  for (const auto& service : scope.project.services)
    scope.try_check(cat("the network of the service `", service.name, "`"),
                    [&] { ServiceNetwork(scope, service).check(); });
}

void check_scaling(OnlineScope& scope) {
  for (const auto& service : scope.project.services) {
    const auto document = json::parse(service.document);
    if (service.scale || !document.contains("desiredCount")) continue;
    scope.try_check(cat("the scaling of the service `", service.name, "`"), [&] {
      if (aws::is_scaled(scope.session, id_in(document, service)))
        scope.add(
            service, "/desiredCount",
            {.severity = Finding::Severity::warning,
             .message = "a scalable target owns the desired count of this service",
             .help =
                 "remove `desiredCount`, or describe the scaling with `scale:`; `deploy --scale` would override it"});
    });
  }
}

}  // namespace lapstrake::app
