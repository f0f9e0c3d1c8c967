// The API of Application Auto Scaling for the desired count of a service. Source: its API Reference
// (RegisterScalableTarget, PutScalingPolicy).
#pragma once
#include <lapstrake/aws/ecs/services.hpp>
#include <map>
#include <string>
#include <vector>

namespace lapstrake::aws {

struct ServiceScaling {
  std::int64_t least = 0, most = 0;            // tasks
  std::map<std::string, double> metrics = {};  // predefined metric -> target value, in percent
};

// "service/prod/web"
std::string scaling_resource(const ServiceId& id);

// Whether a scalable target owns the desired count of the service.
bool is_scaled(const Session& session, const ServiceId& id);

// What differs from the scalable target and its policies "lapstrake-METRIC": "2 to 6 tasks (now 1 to 4)".
std::vector<std::string> scaling_changes(const Session& session, const ServiceId& id, const ServiceScaling& wanted);
// Registers the target and puts the policies. Other policies are left alone.
void set_scaling(const Session& session, const ServiceId& id, const ServiceScaling& wanted);

}  // namespace lapstrake::aws
