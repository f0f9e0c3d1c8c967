// Builds responses in the distribution API's formats.
#pragma once
#include <lapstrake/sandbox/net/message.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace lapstrake::sandbox {

Response plain_reply(int status);
Response json_reply(int status, const nlohmann::json& document,
                    std::string_view type = "application/json; charset=utf-8");
// {"errors": [{"code", "message"}]}
Response error_reply(int status, const std::string& code, const std::string& message);

}  // namespace lapstrake::sandbox
