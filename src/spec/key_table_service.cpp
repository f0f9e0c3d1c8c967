// Keys of services.
#include "keys.hpp"

namespace lapstrake::spec {
namespace {

Object service() {
  return {.name = "service",
          .path = "services.NAME",
          .doc =
              "A service that runs a task. All other members are those of CreateService and UpdateService, in ECS's "
              "own spelling. Members that the spec does not name are left alone; `null` removes a member. "
              "`desiredCount` is the number of tasks at creation; updates never send it.",
          .example = R"(tasks:
  my-web-app:
    containerDefinitions:
      - { name: web, image: "public.ecr.aws/nginx/nginx:1.27", essential: true }
services:
  web:
    cluster: prod
    task: my-web-app
    desiredCount: 2
    before: { command: [ ./manage.py, migrate ] }
    scale: { min: 2, max: 6, cpu: 60 }
)",
          .keys = {{"task", text(Format::family), true, "The name of a task of this spec.", "my-web-app"},
                   {"before",
                    object("before"),
                    false,
                    "A task that runs to its end before the service is updated, with the new images: migrations. If it "
                    "fails, the service is not updated.",
                    "{ command: [ ./manage.py, migrate ] }",
                    "",
                    {"release", "pre_deploy"}},
                   {"scale",
                    object("scale"),
                    false,
                    "Automatic scaling: a scalable target and one target tracking policy for each metric.",
                    "{ min: 2, max: 6, cpu: 60 }",
                    "",
                    {"autoscaling", "scaling"}}},
          .open = true};
}

Object before() {
  return {.name = "before",
          .path = "services.NAME.before",
          .doc = "The task that runs before the service is updated.",
          .example = "",
          .keys = {{"task", text(Format::family), false, "The name of a task of this spec.", "migrate",
                    "the service's own task"},
                   {"command", list(text()), false, "The command of the container, instead of its own.",
                    "[ ./manage.py, migrate ]", "the container's own command"},
                   {"container", text(Format::some), false, "The container whose command is replaced.", "api",
                    "the first essential container"}}};
}

Object scale() {
  return {.name = "scale",
          .path = "services.NAME.scale",
          .doc = "The limits and the metrics of automatic scaling.",
          .example = "",
          .keys = {{"min", integer(0, 10'000), true, "The smallest number of tasks.", "2"},
                   {"max", integer(0, 10'000), true, "The largest number of tasks.", "6"},
                   {"cpu", integer(1, 100), false, "The average CPU utilization to keep, in percent.", "60"},
                   {"memory", integer(1, 100), false, "The average memory utilization to keep, in percent.", "70"}}};
}

}  // namespace

std::vector<Object> service_objects() { return {service(), before(), scale()}; }

}  // namespace lapstrake::spec
