// Requests to the credential endpoints of a container or an instance.
#pragma once
#include <chrono>
#include <lapstrake/aws/credentials/lookup.hpp>
#include <lapstrake/http/message.hpp>
#include <string>

namespace lapstrake::aws {

struct MetadataTries {
  std::chrono::milliseconds time{1000};  // for each
  unsigned count = 1;
};

// Sends `request`, never through a proxy; up to `tries.count` times, a second apart, while there is no reply or a
// status of 5xx or 429. The last reply; Error{network} when there was none.
http::Response ask_metadata(const Lookup& lookup, http::Request request, const MetadataTries& tries);

}  // namespace lapstrake::aws
