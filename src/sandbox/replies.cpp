#include "replies.hpp"

#include <nlohmann/json.hpp>

namespace lapstrake::sandbox {

using Json = nlohmann::json;

Answer plain_reply(int status) {
  return {.status = status, .headers = {{"Docker-Distribution-Api-Version", "registry/2.0"}}};
}

Answer json_reply(int status, const Json& document, std::string_view type) {
  Answer answer = plain_reply(status);
  answer.headers.set("Content-Type", type);
  answer.body = document.dump();
  return answer;
}

Answer refusal_reply(int status, const std::string& code, const std::string& message) {
  return json_reply(status, {{"errors", Json::array({{{"code", code}, {"message", message}}})}});
}

}  // namespace lapstrake::sandbox
