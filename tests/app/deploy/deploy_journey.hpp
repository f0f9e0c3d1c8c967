// A service in the sandbox whose rollouts follow a script, in virtual time.
#pragma once
#include <atomic>
#include <lapstrake/app/deploy/deploy.hpp>
#include <lapstrake/app/deploy/operate.hpp>

#include "journey.hpp"

struct VirtualTime {
  std::atomic<std::int64_t> milliseconds{
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count()};
  std::chrono::system_clock::time_point now() const {
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(milliseconds));
  }
};

struct DeployJourney {
  std::shared_ptr<VirtualTime> time = std::make_shared<VirtualTime>();
  Journey journey{true, false, [clock = time] { return clock->now(); }};
  std::vector<lapstrake::app::RolloutEvent> events;
  std::mutex mutex;
  std::string rollout = "healthy", exit_code = "0", members;  // members: more of the service, as YAML

  lapstrake::app::Context context() {
    auto context = journey.context();
    context.runtime.clock = [clock = time] { return clock->now(); };
    context.runtime.sleep = [clock = time](std::chrono::milliseconds wait) { clock->milliseconds += wait.count(); };
    return context;
  }

  lapstrake::spec::Project project() {
    auto text = lapstrake::replace_all(
        journey.spec(), "portMappings:",
        lapstrake::cat("dockerLabels: { lapstrake.sandbox/rollout: ", rollout, ", lapstrake.sandbox/exit-code: '",
                       exit_code,
                       "' }, logConfiguration: { logDriver: awslogs, options: { awslogs-group: /shop, "
                       "awslogs-region: us-east-1, awslogs-stream-prefix: shop } }, portMappings:"));
    text += lapstrake::cat(R"(services:
  web:
    cluster: prod
    task: shop
    desiredCount: 2
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } }
    networkConfiguration: { awsvpcConfiguration: { subnets: [ subnet-11111111 ] } }
)",
                           members);
    journey.dir.write("lapstrake.yaml", text);
    return journey.project();
  }

  lapstrake::app::OnRolloutEvent on_event() {
    return [this](const lapstrake::app::RolloutEvent& event) {
      const std::lock_guard lock(mutex);
      events.push_back(event);
    };
  }

  lapstrake::app::DeployedService deploy(const lapstrake::app::DeploySettings& settings = {}) {
    events.clear();
    return lapstrake::app::deploy(context(), project(), {}, settings, on_event()).services.at(0);
  }

  bool was_told(const std::string& part) const {
    for (const auto& event : events)
      if (event.text.find(part) != std::string::npos) return true;
    return false;
  }
  std::size_t count(const std::string& operation) const { return journey.count("POST", operation); }
};
