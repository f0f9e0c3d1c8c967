// A blob that another repository of the same registry has (distribution-spec, "Mounting a blob from another
// repository").
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/client.hpp>

#include "state.hpp"

namespace lapstrake::registry {
namespace {

// Registries that do not mount begin an upload instead, which nobody will end.
void give_up(Exchange& exchange, const http::Url& asked, const http::Response& response) {
  const auto location = response.headers.find("Location");
  if (!location) return;
  try {
    const auto session = resolve(asked, *location);
    if (exchange.is_own(session)) exchange.attempt({.method = "DELETE", .url = session}, Access::push);
  } catch (const Error& error) {
    if (error.fault() == Fault::interrupted) throw;  // else it ends by itself, some day
  }
}

}  // namespace

bool Repository::mount_blob(const oci::Digest& digest, const std::string& from) const {
  auto& exchange = state_->exchange;
  const auto url =
      with_query(with_query(exchange.url(state_->path("blobs/uploads/")), "mount", digest.text()), "from", from);
  const auto response = exchange.send({.method = "POST", .url = url}, Access::push);
  if (response.status == 202) give_up(exchange, url, response);
  return response.status == 201;
}

}  // namespace lapstrake::registry
