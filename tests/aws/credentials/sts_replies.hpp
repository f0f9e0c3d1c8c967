// Replies of STS: JSON as AWS writes it, or XML as emulators do.
#pragma once
#include <lapstrake/base/text.hpp>
#include <string>

inline std::string sts_reply(const std::string& operation, const std::string& id) {
  return lapstrake::cat("{\"", operation, "Response\":{\"", operation, "Result\":{\"Credentials\":{\"AccessKeyId\":\"",
                        id, "\",\"SecretAccessKey\":\"secret-of-", id, "\",\"SessionToken\":\"token-of-", id,
                        "\",\"Expiration\":1.7723268E9}}}}");
}

inline std::string sts_xml(const std::string& operation, const std::string& id) {
  return lapstrake::cat("<", operation, "Response><", operation, "Result><Credentials><AccessKeyId>", id,
                        "</AccessKeyId><SecretAccessKey>secret-of-", id, "</SecretAccessKey><SessionToken>token-of-",
                        id, "</SessionToken><Expiration>2026-03-01T01:00:00Z</Expiration></Credentials></", operation,
                        "Result></", operation, "Response>");
}

inline std::string sts_error(const std::string& code, const std::string& message) {
  return lapstrake::cat(R"({"Error":{"Code":")", code, R"(","Message":")", message, R"("},"RequestId":"1"})");
}
