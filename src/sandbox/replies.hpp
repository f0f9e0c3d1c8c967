// What registries answer, in the distribution API's forms.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "message.hpp"

namespace lapstrake::sandbox {

Answer plain_reply(int status);
Answer json_reply(int status, const nlohmann::json& document,
                  std::string_view type = "application/json; charset=utf-8");
// {"errors": [{"code", "message"}]}
Answer refusal_reply(int status, const std::string& code, const std::string& message);

}  // namespace lapstrake::sandbox
