// Files that other deployment pipelines expect, from task definitions with pinned images. Pure. Sources: AWS
// CodePipeline User Guide, "Image definitions file reference"; AWS CodeDeploy User Guide, "AppSpec file structure"; AWS
// CloudFormation Template Reference, AWS::ECS::TaskDefinition.
#pragma once
#include <lapstrake/spec/project.hpp>
#include <string>

namespace lapstrake::app {

// For the standard ECS action of CodePipeline: [{"name": "web", "imageUri": "..."}].
std::string image_definitions(const std::string& task_definition);
// For the blue/green action: {"ImageURI": "..."} of the first container.
std::string image_detail(const std::string& task_definition);
// For CodeDeploy, as JSON. `service` gives the load balancer, the network and the platform version; the placeholder
// <TASK_DEFINITION> is replaced by CodePipeline. Error{usage} for a service without a load balancer.
std::string app_spec(const spec::Service& service);
// A template with one resource, AWS::ECS::TaskDefinition.
std::string cloudformation(const std::string& task_definition);

}  // namespace lapstrake::app
