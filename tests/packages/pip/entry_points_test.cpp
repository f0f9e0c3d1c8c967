#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/entry_points.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

std::string flaw_of_entry_points(std::string_view text) {
  const Error error = failure_of([&] { parse_entry_points(text, "the wheel `x.whl`"); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == "the wheel `x.whl` is not valid");
  return error.reason();
}

}  // namespace

TEST_CASE("entry points of both sections of scripts are read, other sections are not") {
  const auto found = parse_entry_points(
      "# comment\n"
      "[flask.commands]\n"
      "no value\n"
      "[console_scripts]\r\n"
      "  flask = flask.cli:main\r\n"
      "; comment\n"
      "Run=a.b : Class.main [extra, other]\n"
      "[ gui_scripts ]\n"
      "gui = a:b\n"
      "flask = flask.cli:main\n",
      "x");
  CHECK(found == std::vector<EntryPoint>{{.name = "Run", .module = "a.b", .attribute = "Class.main"},
                                         {.name = "flask", .module = "flask.cli", .attribute = "main"},
                                         {.name = "gui", .module = "a", .attribute = "b"}});
  CHECK(parse_entry_points("", "x").empty());
}

TEST_CASE("invalid entry points are refused") {
  CHECK(flaw_of_entry_points("a = b:c\n") == "its entry_points.txt has a line before its first section: `a = b:c`");
  CHECK(flaw_of_entry_points("[console_scripts\n") ==
        "its entry_points.txt has an invalid section: `[console_scripts`");
  CHECK(flaw_of_entry_points("[ ]\n") == "its entry_points.txt has a section without a name");
  CHECK(flaw_of_entry_points("[console_scripts]\na: b:c\n") == "its entry_points.txt has a line without `=`: `a: b:c`");
  CHECK(flaw_of_entry_points("[console_scripts]\na = b:c\n[gui_scripts]\na = b:d\n") ==
        "its entry_points.txt defines `a` twice with different values");
}

TEST_CASE("the value of an entry point is a module and a function, both of identifiers") {
  const std::string value = GENERATE("b", "b:", ":c", "b c:d", "b-c:d", "1b:c", "b..c:d", "b:c d", "b:c()", "b:c;d",
                                     "b:c.", "b:c\x01", "b:\xff", "");
  CHECK(flaw_of_entry_points(cat("[console_scripts]\na = ", value, "\n")) ==
        cat("its entry_points.txt gives the command `a` the value `", printable(trim(value)),
            "`, expected `module:function`"));
}

TEST_CASE("a command cannot have the name of an interpreter or of a path") {
  const std::string name = GENERATE("python", "python3", "python3.11", "Python3.13t", "pythonw", "python3w", "pypy",
                                    "pypy3", "graalpy", "pypy3.10");
  CHECK(flaw_of_entry_points(cat("[console_scripts]\n", name, " = b:c\n")) ==
        cat("its entry_points.txt defines the command `", name, "`, which is the name of a Python interpreter"));
  CHECK(flaw_of_entry_points("[console_scripts]\n../a = b:c\n") ==
        "its entry_points.txt defines the command `../a`, which is not a file name");
  CHECK(flaw_of_entry_points("[console_scripts]\n.. = b:c\n") ==
        "its entry_points.txt defines the command `..`, which is not a file name");
  CHECK(flaw_of_entry_points("[console_scripts]\n= b:c\n") ==
        "its entry_points.txt defines the command ``, which is empty");
  CHECK(flaw_of_entry_points("[console_scripts]\na\x01g = b:c\n") ==
        "its entry_points.txt defines the command `a\\x01g`, which has a control character");
  CHECK(flaw_of_script_name("python-config").empty());
  CHECK(flaw_of_script_name("pythontex").empty());
  CHECK(flaw_of_script_name("gunicorn").empty());
  CHECK(flaw_of_script_name(std::string(256, 'a')) == "is longer than 255 bytes");
  CHECK(flaw_of_script_name("\xff") == "is not UTF-8");
}

TEST_CASE("the script of an entry point calls its function") {
  CHECK(script_text({.name = "x", .module = "a.b", .attribute = "Class.main"}, "/opt/venv/bin/python3") ==
        "#!/opt/venv/bin/python3\n"
        "# -*- coding: utf-8 -*-\n"
        "import sys\n"
        "from a.b import Class\n"
        "if __name__ == \"__main__\":\n"
        "    sys.exit(Class.main())\n");
}
