// A local fake of ECR, ECS and STS on 127.0.0.1 that checks signatures, for experiments and tests. Its TLS port serves
// any host that a request names. Its proxy port (HTTPS_PROXY) connects AWS's host names to it, so that clients need no
// changes. docs/reference/sandbox.md lists what it supports.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lapstrake::sandbox {

struct Options {
  std::filesystem::path folder = {};  // blobs, CA, clients' configuration; created if missing, not removed
  std::string account = "123456789012";
  std::string region = "us-east-1";
  std::uint16_t port = 0, proxy_port = 0;  // 0: any free one
  std::string faults = {};                 // a script of rules, JSON text (docs/reference/sandbox.md); empty: none
  bool create_repositories = true;         // false: closes the connection of a push to a missing repository, as ECR
  bool immutable_tags = false;
  std::function<void(const std::string&)> log =
      nullptr;  // one line per request; called from many threads, one at a time
  std::string access_key_id = {}, secret_access_key = {};  // empty: generated
  std::size_t most_connections = 256;                      // at a time; further ones are closed at once
  std::chrono::milliseconds idle_timeout{60'000};          // before an idle connection is closed
};

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
  // The last 10,000 requests, in order of arrival: for tests that count requests.
  struct Record {
    std::string method, host, target;            // target: path and query; for the AWS API "/ Operation"
    std::map<std::string, std::string> headers;  // names in lower case
    std::uint64_t body_bytes = 0;                // read of the request body
    int status = 0;                              // 0: closed without a response, or no response yet
  };
  std::vector<Record> records() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::sandbox
