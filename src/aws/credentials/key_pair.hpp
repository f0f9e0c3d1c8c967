// Checks that an access key is complete.
#pragma once
#include <lapstrake/aws/credentials.hpp>
#include <optional>
#include <string>

namespace lapstrake::aws {

struct KeyTexts {
  std::string id, secret, token;
};

// `names`: what the place calls the three; `place`: "the environment". Nothing when it has no key. Error{access} when
// it has half of one, or when one of the three contains white space or a control character.
std::optional<Credentials> complete_pair(const KeyTexts& values, const KeyTexts& names, const std::string& place);

}  // namespace lapstrake::aws
