#include "command.hpp"

namespace lapstrake::cli {

#define COMMAND(name) Command name##_command();
#include "command_list.hpp"  // written by CMake
#undef COMMAND

std::vector<Command> all_commands() {
  return {
#define COMMAND(name) name##_command(),
#include "command_list.hpp"
#undef COMMAND
  };
}

}  // namespace lapstrake::cli
