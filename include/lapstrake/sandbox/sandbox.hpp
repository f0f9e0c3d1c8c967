// A local fake of ECR, ECS and STS on 127.0.0.1 that checks signatures, for experiments and tests. Its TLS port serves
// any host that a request names. Its proxy port (HTTPS_PROXY) connects AWS's host names to it, so that clients need no
// changes. See docs/reference/sandbox.md.
#pragma once
#include <cstdint>
#include <filesystem>
#include <lapstrake/sandbox/options.hpp>
#include <lapstrake/sandbox/record.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lapstrake::sandbox {

class Sandbox {
 public:
  // Listens when it returns. Error{usage} for a fault script with a mistake, Error{input} for a folder or port.
  explicit Sandbox(Options options);
  ~Sandbox();  // ends all connections and threads

  std::uint16_t port() const;
  std::uint16_t proxy_port() const;
  std::string registry_host() const;  // "123456789012.dkr.ecr.us-east-1.amazonaws.com"
  std::filesystem::path ca_file() const;
  // Variables to set for a client: AWS_*, SSL_CERT_FILE, HTTPS_PROXY, NO_PROXY, ...
  std::map<std::string, std::string> environment() const;
  // Variables to unset for a client (AWS_PROFILE, AWS_ENDPOINT_URL, AWS_SESSION_TOKEN, ...).
  std::vector<std::string> unset_variables() const;
  // Applies from the next request on; resets the rules' counts.
  void set_faults(const std::string& script);
  // The script of the deployments of a service that begin from now on, in place of the label of the task definition
  // (docs/reference/sandbox.md). Empty: the label decides again. Error{usage} for an unknown script.
  void set_rollout(const std::string& service, const std::string& script);
  // The last 10,000 requests, in order of arrival: for tests that count requests.
  std::vector<Record> records() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::sandbox
