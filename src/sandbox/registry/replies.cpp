#include <lapstrake/sandbox/registry/replies.hpp>

#include <nlohmann/json.hpp>

namespace lapstrake::sandbox {

using Json = nlohmann::json;

Response plain_reply(int status) {
  return {.status = status, .headers = {{"Docker-Distribution-Api-Version", "registry/2.0"}}};
}

Response json_reply(int status, const Json& document, std::string_view type) {
  Response response = plain_reply(status);
  response.headers.set("Content-Type", type);
  response.body = document.dump();
  return response;
}

Response error_reply(int status, const std::string& code, const std::string& message) {
  return json_reply(status, {{"errors", Json::array({{{"code", code}, {"message", message}}})}});
}

}  // namespace lapstrake::sandbox
