#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/client.hpp>

#include "refusal.hpp"
#include "state.hpp"

namespace lapstrake::registry {
namespace {

constexpr std::string_view no_repository = "the registry has no repository `";

}  // namespace

Error missing_repository(const std::string& host, const std::string& name, std::string what, std::string_view said) {
  Error error(
      ErrorKind::network, std::move(what),
      is_ecr(host)
          ? std::string("create it with `lapstrake push --create-repository`, or give the role ecr:CreateRepository")
          : cat("create the repository `", name, "` in `", host, "`"));
  error.because(cat(no_repository, name, "`", said.empty() ? "" : ": ", said));
  return error;
}

bool is_missing_repository(const Error& error) { return error.reason().starts_with(no_repository); }

Error Repository::State::refusal(const http::Response& response, std::string what) const {
  const auto said = refusal_of(response);
  if (response.status == 404 && (said.has("NAME_UNKNOWN") || said.says("repositorynotfound")))
    return missing_repository(host, name, std::move(what), said.message);
  if (!response.url.host.empty() && !api.is_own(response.url)) return refused_elsewhere(response, std::move(what));
  return refused(response, std::move(what), host, api.login_use());
}

// No login of ours was sent there.
Error Repository::State::refused_elsewhere(const http::Response& response, std::string what) const {
  Error error(ErrorKind::network, std::move(what));
  error.because(
      cat("`", response.url.authority(), "`, to which `", host, "` sends us, says: ", refusal_of(response).message));
  return error;
}

Repository::Repository(ClientOptions options, std::string host, std::string name) {
  if (!oci::is_repository(name))
    throw Error(ErrorKind::usage, cat("`", printable(name, 256), "` cannot be the name of a repository"),
                "use lower case letters, digits, `.`, `_`, `-` and `/`");
  state_ = std::make_unique<State>(std::move(options), std::move(host), std::move(name));
}
Repository::~Repository() = default;
Repository::Repository(Repository&&) noexcept = default;

std::string Repository::name() const { return state_->where(); }
const World& Repository::world() const { return state_->options.world; }

}  // namespace lapstrake::registry
