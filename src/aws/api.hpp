// What AWS calls its services in addresses, signatures and headers.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/aws/call.hpp>
#include <string>
#include <string_view>

namespace lapstrake::aws {

struct Api {
  std::string_view variable;      // AWS_ENDPOINT_URL_...
  std::string_view signing_name;  // and the prefix of IAM actions
  std::string_view host;          // "ecs" of ecs.eu-west-1.amazonaws.com
  std::string_view target;        // of X-Amz-Target; empty: the query protocol
  std::string_view version;       // of the query protocol
};
const Api& api_of(Service service);

// One attempt of call(): signed, sent, and signed once more when our clock is off or the credentials have expired.
// Failures that a new attempt may heal are marked transient.
nlohmann::json call_once(const Session& session, Service service, std::string_view operation,
                         const nlohmann::json& input);

// A request's body as it goes out.
struct Document {
  std::string text;
  std::function<void(std::uint64_t sent)> progress = nullptr;  // bytes of `text`
};
// Told the body of a refusal before it becomes an Error, for members that only its operation has.
using Refused = std::function<void(const std::string& body)>;

// call() with a body as it is to be sent, held once. `session` keeps the credentials that were loaded anew.
nlohmann::json call_document(Session& session, Service service, std::string_view operation, Document document,
                             const Refused& refused = nullptr);

}  // namespace lapstrake::aws
