// What the checks of `check --online` share.
#pragma once
#include <functional>
#include <lapstrake/app/online/permissions.hpp>
#include <lapstrake/aws/call.hpp>
#include <lapstrake/base/finding.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace lapstrake::app {

struct OnlineTask {
  const spec::Task* task = nullptr;
  nlohmann::json document;
};

struct OnlineScope {
  const spec::Project& project;
  aws::Session session;
  std::vector<OnlineTask> tasks = {};
  Account account = {};
  std::vector<Finding> findings = {};
  std::set<std::string> seen = {};  // messages: several tasks may name one role

  // Adds a finding about a value of a task definition, once.
  void add(const OnlineTask& task, Finding finding);
  // ... about a service.
  void add(const spec::Service& service, const std::string& pointer, Finding finding);
  // Runs a check. What the caller may not read becomes a warning.
  void try_check(const std::string& what, const std::function<void()>& check);
};

void check_roles(OnlineScope& scope);
void check_deployer(OnlineScope& scope);
void check_secrets(OnlineScope& scope);
void check_log_groups(OnlineScope& scope);
void check_repositories(OnlineScope& scope);
void check_networks(OnlineScope& scope);
void check_scaling(OnlineScope& scope);
void check_deployment_time(OnlineScope& scope);

}  // namespace lapstrake::app
