// Credentials in the JSON of a program or a metadata service.
#pragma once
#include <chrono>
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/base/runtime.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lapstrake::aws {

// `reply`: an object with AccessKeyId, SecretAccessKey, `token_name`, and Expiration. Registers the secrets. `what`
// names it: "the output of `credential_process`". Error{access} for members that are missing or of another type; the
// message holds no value.
Credentials read_key_reply(const nlohmann::json& reply, const char* token_name, const std::string& what,
                           const Runtime& runtime);

// The text as JSON; Error{access} that does not quote it.
nlohmann::json parse_key_reply(const std::string& text, const std::string& what);

// A file with a token, without white space at its ends. Registers it. Error{access} when the file cannot be read, is
// empty, or longer than a token can be.
std::string read_token_file(const std::string& path, std::string_view named_by, const Runtime& runtime);

}  // namespace lapstrake::aws
