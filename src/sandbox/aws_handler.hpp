// Handles every request of the sandbox: selects the service by host, records the request, applies faults.
#pragma once
#include <deque>
#include <functional>
#include <lapstrake/sandbox/aws/api.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/options.hpp>
#include <lapstrake/sandbox/record.hpp>
#include <lapstrake/sandbox/registry/distribution.hpp>
#include <memory>
#include <mutex>

#include "faults.hpp"

namespace lapstrake::sandbox {

class AwsHandler {
 public:
  AwsHandler(const Options& options, AccessKey key);

  Response handle(const RequestHead& head, const BodyReader& body, const std::stop_token& stop);
  std::vector<Record> records() const;
  void set_faults(const std::string& script) { faults_.set(parse_faults(script)); }
  void set_rollout(const std::string& service, const std::string& script) { scripts_->set(service, script); }
  RegistryLogins& logins() { return logins_; }
  void log(const std::string& line) const;

 private:
  struct Entry;
  std::map<std::string, Operations> services(const Options& options);
  Response execute(const RequestHead& head, const std::string& text, const BodyReader& body, const FaultEffect& effect);
  Response respond_with(const RequestHead& head, const std::string& text, const BodyReader& body,
                        const FaultEffect& effect, const std::stop_token& stop);
  std::shared_ptr<Record> begin_record(const RequestHead& head);
  void end_record(Record& record, int status, std::uint64_t body_bytes, const std::string& operation);

  std::string account_, region_;
  std::function<void(const std::string&)> log_;
  std::function<Time()> clock_;
  std::shared_ptr<LogsState> logs_;
  std::shared_ptr<ScriptChoice> scripts_ = std::make_shared<ScriptChoice>();
  Repositories repositories_;
  RegistryLogins logins_;
  Faults faults_;
  Uploads uploads_;
  Distribution distribution_;
  std::shared_ptr<AccessKeys> keys_;
  std::shared_ptr<IamState> iam_;
  Api api_;
  mutable std::mutex mutex_, log_mutex_;
  std::deque<std::shared_ptr<Record>> records_;
};

}  // namespace lapstrake::sandbox
