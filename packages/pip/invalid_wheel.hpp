// The error for a wheel that breaks a rule of the "Binary distribution format" (packaging.python.org).
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <string>
#include <string_view>

namespace lapstrake::packages::pip {

// `what`: "the wheel `x.whl`"; `why`: "its RECORD is missing".
inline Error invalid_wheel(std::string_view what, std::string why) {
  Error error(ErrorKind::integrity, cat(what, " is not valid"),
              "get a new copy of it, or use another version of the package");
  error.because(std::move(why));
  return error;
}

// A text from a wheel, in backquotes.
inline std::string backquoted(std::string_view text) { return cat("`", printable(text, 400), "`"); }

}  // namespace lapstrake::packages::pip
