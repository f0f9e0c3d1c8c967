// Calls of AWS APIs below call(): a body that is already serialized, and single attempts.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/aws/call.hpp>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// One attempt of call(): signed, sent, and signed again when our clock is wrong or the credentials have expired.
// Failures that a new attempt may fix are marked transient.
nlohmann::json call_once(const Session& session, Service service, std::string_view operation,
                         const nlohmann::json& input);

// A request's body as it is sent.
struct RequestBody {
  std::string text;
  std::function<void(std::uint64_t sent)> progress = nullptr;  // bytes of `text`
};
// Gets the body of an error response before it becomes an Error, for members that only this operation has.
using OnErrorResponse = std::function<void(const std::string& body)>;

// call() with a body that is already serialized and is held in memory once. `session` keeps the credentials that were
// reloaded.
nlohmann::json call_with_body(Session& session, Service service, std::string_view operation, RequestBody body,
                              const OnErrorResponse& on_error = nullptr);

// The body for `input`: JSON, or a query string for services of the query protocol.
RequestBody request_body(Service service, std::string_view operation, const nlohmann::json& input);

}  // namespace lapstrake::aws
