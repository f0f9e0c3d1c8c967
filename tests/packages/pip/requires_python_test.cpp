#include <lapstrake/packages/pip/requires_python.hpp>
#include <string>
#include <support/catch.hpp>

using namespace lapstrake::packages::pip;

TEST_CASE("a Python satisfies Requires-Python") {
  const auto [text, python, expected] =
      GENERATE(table<std::string, std::string, bool>({{"", "3.11", true},
                                                      {">=3.9", "3.11", true},
                                                      {">=3.12", "3.11.4", false},
                                                      {">=3.7, <4", "3.11.4", true},
                                                      {"!=3.11.*", "3.11", false},
                                                      {">=3.11.5", "3.11.4", false},
                                                      {">=3.11.5", "3.11", true},
                                                      {"==3.11.7", "3.11", true},
                                                      {"<3.11", "3.11", false},
                                                      {">3.11.2,<3.11.4", "3.11", true},
                                                      {">=3.6.*", "3.11", true},
                                                      {"not a list", "3.11", true}}));
  CAPTURE(text, python);
  CHECK(fits_python(text, *PythonVersion::from_text(python)) == expected);
}
