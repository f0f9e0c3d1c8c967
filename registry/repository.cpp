#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/client.hpp>

#include "error_response.hpp"
#include "repository.hpp"

namespace lapstrake::registry {
Error Repository::State::error_of(const http::Response& response, std::string what) const {
  const auto said = parse_error_response(response);
  if (response.status == 404 && (said.has("NAME_UNKNOWN") || said.mentions("repositorynotfound")))
    return missing_repository(host, name, std::move(what), said.message);
  if (!response.url.host.empty() && !api.is_own(response.url)) return error_of_other_origin(response, std::move(what));
  return response_error(response, std::move(what), host, api.login_use());
}

// The login was not sent to that server.
Error Repository::State::error_of_other_origin(const http::Response& response, std::string what) const {
  Error error(ErrorKind::network, std::move(what));
  error.because(cat("`", response.url.authority(), "`, to which `", host,
                    "` redirects, answers: ", parse_error_response(response).message));
  return error;
}

Repository::Repository(ClientOptions options, std::string host, std::string name) {
  if (!oci::is_repository(name))
    throw Error(ErrorKind::usage, cat("invalid repository name `", printable(name, 256), "`"),
                "use lower case letters, digits, `.`, `_`, `-` and `/`");
  state_ = std::make_unique<State>(std::move(options), std::move(host), std::move(name));
}
Repository::~Repository() = default;
Repository::Repository(Repository&&) noexcept = default;

std::string Repository::name() const { return state_->where(); }
const Runtime& Repository::runtime() const { return state_->options.runtime; }

}  // namespace lapstrake::registry
