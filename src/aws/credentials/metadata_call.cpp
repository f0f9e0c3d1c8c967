#include "metadata_call.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>

namespace lapstrake::aws {

http::Response ask_metadata(const Lookup& lookup, http::Request request, const MetadataTries& tries) {
  request.never_by_proxy = true;
  request.most_time = tries.time;
  request.most_reply = limits::credential_bytes;
  for (unsigned attempt = 1;; ++attempt) {
    try {
      auto response = lookup.transport(request);
      if (attempt >= tries.count || (response.status < 500 && response.status != 429)) return response;
    } catch (const Error& error) {
      if (attempt >= tries.count || !error.is_transient()) throw;
    }
    lookup.runtime.sleep(std::chrono::seconds(1));
  }
}

}  // namespace lapstrake::aws
