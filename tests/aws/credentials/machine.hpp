// A machine with a home folder, the variables of one shell, a clock, and services that answer as the test says.
#pragma once
#include <deque>
#include <lapstrake/aws/credentials/find.hpp>
#include <lapstrake/aws/credentials/instance.hpp>
#include <lapstrake/aws/credentials/settings.hpp>
#include <lapstrake/base/error.hpp>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/temp_dir.hpp"

struct Machine {
  using Handler = std::function<lapstrake::http::Response(const lapstrake::http::Request&)>;

  std::unique_ptr<TempDir> folder = std::make_unique<TempDir>();  // so that a machine can be returned
  TempDir& home = *folder;
  std::map<std::string, std::string, std::less<>> variables;
  std::chrono::system_clock::time_point now = std::chrono::sys_days{std::chrono::year(2026) / 3 / 1};
  std::vector<lapstrake::http::Request> requests;
  std::vector<std::chrono::milliseconds> waits;
  Handler service;  // null: nobody answers
  std::shared_ptr<lapstrake::Redactor> secrets = std::make_shared<lapstrake::Redactor>();

  Machine& set(const std::string& name, const std::string& value) {
    variables[name] = value;
    return *this;
  }
  Machine& credentials(const std::string& text) {
    home.write(".aws/credentials", text);
    return *this;
  }
  Machine& config(const std::string& text) {
    home.write(".aws/config", text);
    return *this;
  }
  Machine& answers(Handler handler) {
    service = std::move(handler);
    return *this;
  }
  // The same reply to every request.
  Machine& answers(int status, const std::string& body) {
    return answers([=](const auto&) { return reply(status, body); });
  }

  lapstrake::aws::Lookup lookup(std::optional<std::string> profile = {}, std::optional<std::string> region = {}) {
    variables["HOME"] = home.path().string();
    lapstrake::Runtime runtime;
    runtime.environment = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    runtime.clock = [this] { return now; };
    runtime.sleep = [this](std::chrono::milliseconds time) { waits.push_back(time); };
    runtime.random = [] { return 0.5; };
    runtime.secrets = secrets;
    return {.runtime = runtime,
            .transport = [this](const auto& request) { return sent(request); },
            .profile = std::move(profile),
            .region = std::move(region)};
  }

  struct Found : lapstrake::aws::Settings {
    lapstrake::aws::Credentials credentials;
  };
  Found find(std::optional<std::string> profile = {}, std::optional<std::string> region = {}) {
    const auto what = lookup(std::move(profile), std::move(region));
    auto credentials = lapstrake::aws::find_credentials(what);
    return {lapstrake::aws::find_settings(what.runtime.environment, what.profile, what.region), std::move(credentials)};
  }
  lapstrake::Error failure(std::optional<std::string> profile = {}) {
    try {
      find(std::move(profile));
    } catch (const lapstrake::Error& error) {
      return error;
    }
    throw std::logic_error("credentials were found");
  }
  bool has_nothing_set(std::optional<std::string> profile = {}) {
    return failure(std::move(profile)).code() == lapstrake::ErrorCode::no_credentials;
  }
  bool has_none(std::optional<std::string> profile = {}) {
    return failure(std::move(profile)).code() != lapstrake::ErrorCode::none;
  }
  // Whether the redactor knows `secret`.
  bool is_secret(const std::string& secret) const { return secrets->redacted(secret) == "REDACTED"; }
  std::string body(std::size_t request) const { return std::get<std::string>(requests.at(request).body); }

  static lapstrake::http::Response reply(int status, const std::string& body) {
    lapstrake::http::Response response;
    response.status = status;
    response.body = body;
    return response;
  }

 private:
  lapstrake::http::Response sent(const lapstrake::http::Request& request) {
    requests.push_back(request);
    if (service) return service(request);
    throw lapstrake::Error(lapstrake::ErrorKind::network, "cannot connect").because("timed out").transient();
  }
};
