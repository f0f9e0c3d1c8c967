// A local stand-in for ECR, ECS and STS on 127.0.0.1, signatures checked: for trying, and for tests. One fake, two
// doors: a TLS port that answers for whatever host the request names, and a proxy port (HTTPS_PROXY) that leads AWS's
// own host names there, so that clients use it unchanged. docs/reference/sandbox.md says what it plays.
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
  std::filesystem::path folder = {};  // blobs, CA, clients' configuration; made if absent, the caller's to remove
  std::string account = "123456789012";
  std::string region = "us-east-1";
  std::uint16_t port = 0, proxy_port = 0;  // 0: any free one
  std::string faults = {};                 // a script of rules, JSON text (docs/reference/sandbox.md); empty: none
  bool create_repositories = true;         // false: a push to a missing repository is hung up on, as ECR does
  bool immutable_tags = false;
  std::function<void(const std::string&)> log = nullptr;  // one line a request; called from many threads, one at a time
  std::string access_key_id = {}, secret_access_key = {};  // empty: made at the start
  std::size_t most_connections = 256;                      // at a time; others are closed at once
  std::chrono::milliseconds patience{60'000};              // with a silent client, before its connection is closed
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
  // AWS_*, SSL_CERT_FILE, HTTPS_PROXY, NO_PROXY, ...: what a client's environment needs ...
  std::map<std::string, std::string> environment() const;
  // ... and what must not be in it (AWS_PROFILE, AWS_ENDPOINT_URL, AWS_SESSION_TOKEN, ...).
  std::vector<std::string> unset_variables() const;
  // From the next request on; the rules' counts begin anew.
  void set_faults(const std::string& script);
  // What came in, in order of arrival, the last 10,000: for tests that count requests.
  struct Record {
    std::string method, host, target;            // target: path and query; for the AWS API "/ Operation"
    std::map<std::string, std::string> headers;  // names in lower case
    std::uint64_t body_bytes = 0;                // that were read to find the answer
    int status = 0;                              // 0: the connection was cut, or the answer is still to come
  };
  std::vector<Record> records() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::sandbox
