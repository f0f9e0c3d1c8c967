// Renders the completion scripts of bash, zsh and fish.
#pragma once
#include <string>
#include <vector>

#include "command.hpp"

namespace lapstrake::cli {

std::string bash_completion(const std::vector<Command>& commands);
std::string zsh_completion(const std::vector<Command>& commands);
std::string fish_completion(const std::vector<Command>& commands);

}  // namespace lapstrake::cli
