#include "key_pair.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::aws {
namespace {

// In an id, secret or token, white space can only come from a mistake in copying, and a line end would end a header.
void refuse_white_space(const std::string& value, std::string_view where) {
  for (const char c : value)
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f')
      throw Error(ErrorKind::access, cat(where, " contains white space or a control character"),
                  cat("set ", where, " again, without spaces, quotes or line breaks around it"));
}

}  // namespace

std::optional<Credentials> complete_pair(const KeyTexts& values, const KeyTexts& names, const std::string& place) {
  const auto& [id, secret, token] = values;
  if (id.empty() && secret.empty()) return std::nullopt;
  if (id.empty() || secret.empty())
    throw Error(ErrorKind::access,
                cat("incomplete AWS credentials: ", place, " has `", id.empty() ? names.secret : names.id,
                    "` but not `", id.empty() ? names.id : names.secret, "`"),
                cat("set both `", names.id, "` and `", names.secret, "`, or neither"));
  refuse_white_space(id, cat("`", names.id, "` of ", place));
  refuse_white_space(secret, cat("`", names.secret, "` of ", place));
  refuse_white_space(token, cat("`", names.token, "` of ", place));
  return Credentials{.access_key_id = id, .secret_access_key = secret, .session_token = token, .source = place};
}

}  // namespace lapstrake::aws
