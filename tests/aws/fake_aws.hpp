// AWS as a list of replies, given in turn; what was asked is kept.
#pragma once
#include <deque>
#include <lapstrake/aws/call.hpp>
#include <lapstrake/base/error.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

class FakeAws {
 public:
  using Reply = std::variant<lapstrake::http::Response, lapstrake::Error>;
  std::vector<lapstrake::http::Request> requests;
  std::vector<std::string> notices;
  std::vector<std::chrono::milliseconds> waits;
  std::map<std::string, std::string, std::less<>> variables;
  std::chrono::system_clock::time_point now = std::chrono::sys_days{std::chrono::year(2026) / 3 / 1};
  lapstrake::aws::Credentials credentials{"AKIDEXAMPLE", "secret", "", "AWS_ACCESS_KEY_ID in the environment"};
  std::string region = "eu-west-1";

  FakeAws& answer(int status, std::string body, lapstrake::http::Headers headers = {}) {
    lapstrake::http::Response response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    replies_.emplace_back(std::move(response));
    return *this;
  }
  FakeAws& lose_connection() {
    replies_.emplace_back(
        lapstrake::Error(lapstrake::ErrorKind::network, "cannot reach AWS").because("connection reset").transient());
    return *this;
  }
  bool is_empty() const { return replies_.empty(); }
  nlohmann::json body(std::size_t request) const {
    return nlohmann::json::parse(std::get<std::string>(requests.at(request).body));
  }
  std::string operation(std::size_t request) const {
    const auto target = requests.at(request).headers.find("X-Amz-Target").value_or("");
    return target.substr(target.find('.') + 1);
  }

  lapstrake::aws::Session session() {
    lapstrake::Runtime runtime;
    runtime.environment = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    runtime.clock = [this] { return now; };
    runtime.sleep = [this](std::chrono::milliseconds time) { waits.push_back(time); };
    runtime.random = [] { return 0.5; };
    return {.transport = [this](const auto& request) { return reply(request); },
            .credentials = credentials,
            .region = region,
            .runtime = runtime,
            .notice = [this](const std::string& text) { notices.push_back(text); }};
  }

 private:
  lapstrake::http::Response reply(const lapstrake::http::Request& request) {
    requests.push_back(request);
    if (replies_.empty()) throw lapstrake::Error(lapstrake::ErrorKind::internal, "the test has no reply left");
    auto next = std::move(replies_.front());
    replies_.pop_front();
    if (const auto* error = std::get_if<lapstrake::Error>(&next)) throw *error;
    return std::get<lapstrake::http::Response>(next);
  }
  std::deque<Reply> replies_;
};

// The Error that `act` throws.
template <class Act>
lapstrake::Error failure_from(Act&& act) {
  try {
    act();
  } catch (const lapstrake::Error& error) {
    return error;
  }
  throw std::logic_error("nothing failed");
}
