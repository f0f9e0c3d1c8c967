// A project in a folder, a sandbox to push it to, and lapstrake's own functions over both, in one process.
#pragma once
#include <lapstrake/app/build/build.hpp>
#include <lapstrake/app/publish/push.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/sandbox.hpp>
#include <lapstrake/spec/read.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"

struct Journey {
  TempDir dir;
  std::unique_ptr<lapstrake::sandbox::Sandbox> box;
  std::map<std::string, std::string> variables;
  std::mutex mutex{};
  std::string messages;  // log lines and progress events
  std::stop_source stop;
  std::optional<std::string> environment;

  explicit Journey(bool create_repositories = true, bool immutable_tags = false,
                   std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now) {
    box = std::make_unique<lapstrake::sandbox::Sandbox>(
        lapstrake::sandbox::Options{.folder = dir / "sandbox",
                                    .create_repositories = create_repositories,
                                    .immutable_tags = immutable_tags,
                                    .clock = std::move(clock)});
    variables = box->environment();
    variables["AWS_EC2_METADATA_DISABLED"] = "true";  // the tests may run on an instance
    dir.write("public/index.html", "hello\n");
    dir.write("lapstrake.yaml", spec());
  }

  std::string spec() const {
    return lapstrake::cat(R"(images:
  web:
    repository: )",
                          box->registry_host(), R"(/web
    tags: [v1]
    layers:
      - name: site
        copy: [ { from: public/, to: /www/ } ]
      - name: settings
        files: [ { path: /etc/web.ini, text: "debug=0\n" } ]
    entrypoint: [ /bin/web ]
tasks:
  shop:
    networkMode: awsvpc
    requiresCompatibilities: [ FARGATE ]
    cpu: "256"
    memory: "512"
    executionRoleArn: arn:aws:iam::123456789012:role/exec
    containerDefinitions:
      - { name: web, image: "${images.web}", essential: true, portMappings: [ { containerPort: 8080 } ] }
environments:
  production: { tasks: { shop: { cpu: "1024", memory: "2048" } } }
)");
  }

  void add_message(const std::string& line) {  // from whichever thread
    const std::lock_guard lock(mutex);
    messages += line + "\n";
  }

  lapstrake::app::Context context() {
    lapstrake::app::Context context;
    context.runtime = lapstrake::process_runtime(stop.get_token());
    context.runtime.environment = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(std::string(name));
      return found == variables.end() || found->second.empty() ? std::nullopt : std::optional(found->second);
    };
    context.runtime.sleep = [](std::chrono::milliseconds) {};
    context.store_root = dir / "store";
    context.jobs = 2;
    context.report.progress = [this](const lapstrake::app::Event& event) {
      add_message(event.subject + ": " + event.text);
    };
    context.report.log = [this](const std::string& line) { add_message(line); };
    return context;
  }

  lapstrake::spec::Project project() {
    lapstrake::spec::ReadOptions options;
    options.file = dir / "lapstrake.yaml";
    options.environment = environment;
    options.environment_variables = [](std::string_view) { return std::nullopt; };
    auto result = lapstrake::spec::read(options);
    for (const auto& finding : result.findings) UNSCOPED_INFO(lapstrake::report(finding));
    REQUIRE(result.project);
    return std::move(*result.project);
  }

  lapstrake::app::PushedImage push(const lapstrake::app::PushSettings& settings = {}) {
    return lapstrake::app::push(context(), project(), {}, settings).at(0);
  }
  lapstrake::app::RegisteredTask registered(bool dry_run = false) {
    return lapstrake::app::register_tasks(context(), project(), {}, {.dry_run = dry_run}).tasks.at(0);
  }
  // Requests that were cut off or answered with a failure.
  std::size_t troubles() const {
    std::size_t found = 0;
    for (const auto& record : box->records())
      if (record.status == 0 || record.status == 429 || record.status >= 500) ++found;
    return found;
  }
  std::size_t count(const std::string& method, const std::string& part) const {
    std::size_t found = 0;
    for (const auto& record : box->records())
      if (record.method == method && record.target.find(part) != std::string::npos) ++found;
    return found;
  }
};
