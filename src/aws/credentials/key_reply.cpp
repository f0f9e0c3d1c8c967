#include "key_reply.hpp"

#include <cerrno>
#include <fstream>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "expiry.hpp"
#include "key_pair.hpp"
#include "providers.hpp"

namespace lapstrake::aws {
namespace {

// A text, or a number of seconds as in the JSON of STS.
std::optional<std::chrono::system_clock::time_point> expiry_in(const nlohmann::json& value) {
  constexpr double latest = 7'258'118'400;  // the year 2200; the range of the clock ends in 2262
  if (value.is_string()) return parse_expiry(value.get<std::string>());
  if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > latest) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(value.get<double>())));
}

}  // namespace

nlohmann::json parse_key_reply(const std::string& text, const std::string& what) {
  try {
    auto reply = parse_json(text, what, {.most_bytes = limits::credential_bytes});
    if (reply.is_object()) return reply;
  } catch (const Error&) {  // it may quote the text
  }
  throw Error(ErrorKind::access, cat(what, " is not a JSON object"));
}

Credentials read_key_reply(const nlohmann::json& reply, const char* token_name, const std::string& what,
                           const Runtime& runtime) {
  for (const auto* name : {"AccessKeyId", "SecretAccessKey", token_name})
    if (!member_of(reply, name).is_null() && !is_text_or_absent(reply, name))
      throw Error(ErrorKind::access, cat("`", name, "` in ", what, " is not a string"));
  for (const auto* name : {"SecretAccessKey", token_name}) runtime.secrets->learn(text_of(reply, name));
  auto found =
      complete_pair({text_of(reply, "AccessKeyId"), text_of(reply, "SecretAccessKey"), text_of(reply, token_name)},
                    {"AccessKeyId", "SecretAccessKey", token_name}, what);
  if (!found) throw Error(ErrorKind::access, cat(what, " has no `AccessKeyId`"));
  if (const auto& expiration = member_of(reply, "Expiration"); !expiration.is_null()) {
    found->expires = expiry_in(expiration);
    if (!found->expires) throw Error(ErrorKind::access, cat("`Expiration` in ", what, " is not a time"));
  }
  return *std::move(found);
}

std::string read_token_file(const std::string& path, std::string_view named_by, const Runtime& runtime) {
  const auto fail = [&](std::string_view why) {
    return Error(ErrorKind::access, cat("cannot read the token file `", printable(path, 300), "`: ", why),
                 cat("it is named by ", named_by, ": correct it, or wait until the file is there"));
  };
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw fail(reason(errno));
  std::string text(limits::credential_bytes + 1, '\0');
  try {
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
  } catch (const std::ios_base::failure&) {  // a folder can be opened, but not read
  }
  if (in.bad()) throw fail(reason(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > limits::credential_bytes) throw fail(cat("more than ", human_size(limits::credential_bytes)));
  std::string token(trim(text));
  if (token.empty()) throw fail("it is empty");
  runtime.secrets->learn(token);
  return token;
}

}  // namespace lapstrake::aws
