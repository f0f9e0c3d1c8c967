#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/install.hpp>

namespace lapstrake::packages::pip {
namespace {

// "/opt/venv/" -> "opt/venv"
std::string relative_folder(std::string_view path) {
  std::string out;
  const bool is_inside = for_each_part(path, [&](std::string_view part) {
    out = joined(out, part);
    return part != "..";
  });
  if (!is_inside || out.empty())
    throw Error(ErrorKind::usage, cat("cannot install packages into `", printable(path, 400), "`"),
                "write an absolute path without `..`, for example `/opt/venv`");
  return out;
}

// Linux reads 127 bytes of a first line on old kernels (execve(2)), and splits it at white space.
void check_interpreter(const std::string& interpreter) {
  constexpr std::size_t longest_line = 127;
  const bool has_space = interpreter.find_first_of(" \t\r\n\v\f") != std::string::npos;
  if (!has_space && interpreter.size() + std::string_view("#!\n").size() <= longest_line) return;
  throw Error(ErrorKind::usage,
              cat("scripts cannot begin with `#!", printable(interpreter, 400), "`: the path ",
                  has_space ? "has white space" : "is too long"),
              "install into a folder with a shorter path without white space, for example `/opt/venv`");
}

// "python3.11", "python3.13t"
std::string versioned_name(const FoundPython& python) {
  return cat("python", python.version.short_text(), python.is_free_threaded ? "t" : "");
}

}  // namespace

Scheme venv_scheme(std::string_view into, const FoundPython& python) {
  const std::string prefix = relative_folder(into), name = versioned_name(python);
  Scheme out{.prefix = prefix,
             .site_packages = cat(prefix, "/lib/", name, "/site-packages"),
             .bin = cat(prefix, "/bin"),
             .include = cat(prefix, "/include/site/", name),
             .interpreter = cat("/", prefix, "/bin/python3"),
             .is_venv = true,
             .python = python};
  check_interpreter(out.interpreter);
  return out;
}

Scheme system_scheme(const FoundPython& python) {
  const std::string prefix = relative_folder(python.prefix), bin = joined(prefix, "bin");
  if (prefix == "usr")
    throw Error(ErrorKind::usage,
                cat("cannot install packages next to `", python.interpreter,
                    "`: the packages of the distribution own its folders"),
                "install into a virtual environment, for example `into: /opt/venv`");
  Scheme out{.prefix = prefix,
             .site_packages = relative_folder(python.site_packages),
             .bin = bin,
             .include = cat(prefix, "/include/", versioned_name(python)),
             .interpreter = python.interpreter,
             .python = python};
  check_interpreter(out.interpreter);
  return out;
}

}  // namespace lapstrake::packages::pip
