// Parses WWW-Authenticate (RFC 9110 11.6.1: several challenges in a field, several fields, quoted strings with
// escapes).
#pragma once
#include <lapstrake/http/message.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::registry {

struct Challenge {
  std::string scheme;                                    // lower case: "bearer", "basic"
  std::map<std::string, std::string> parameters;         // names in lower case; the first of a name counts
  std::string parameter(const std::string& name) const;  // empty when absent
};

// Stops at the first invalid challenge; never throws for bad input.
std::vector<Challenge> parse_challenges(std::string_view field);
std::vector<Challenge> challenges_of(const http::Headers& headers);

}  // namespace lapstrake::registry
