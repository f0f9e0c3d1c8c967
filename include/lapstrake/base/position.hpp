// A position in a text that a user wrote.
#pragma once
#include <cstddef>
#include <string>

namespace lapstrake {

// "lapstrake.yaml:12:9". Line and column count from 1; line 0 is the file as a whole.
struct Position {
  std::string file;
  std::size_t line = 0, column = 0;
  std::string text() const;
};

}  // namespace lapstrake
