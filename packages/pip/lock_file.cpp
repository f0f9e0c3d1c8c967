#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/lock_file.hpp>
#include <lapstrake/packages/pip/poetry_lock.hpp>
#include <lapstrake/packages/pip/pylock.hpp>
#include <lapstrake/packages/pip/requirements_txt.hpp>
#include <lapstrake/packages/pip/uv_lock.hpp>

namespace lapstrake::packages::pip {
namespace {

bool is_pylock_name(std::string_view name) {
  if (name == "pylock.toml") return true;
  if (!name.starts_with("pylock.") || !name.ends_with(".toml") || name.size() <= 12) return false;
  return name.substr(7, name.size() - 12).find('.') == std::string_view::npos;
}

}  // namespace

std::optional<LockFormat> lock_format_of(std::string_view path) {
  const auto name = path.substr(path.find_last_of('/') + 1);
  if (name == "uv.lock") return LockFormat::uv;
  if (name == "poetry.lock") return LockFormat::poetry;
  if (is_pylock_name(name)) return LockFormat::pylock;
  if (name.ends_with(".txt") || name.ends_with(".in")) return LockFormat::requirements;
  return std::nullopt;
}

LockedPackages read_lock_file(const std::string& path, const TextReader& read, const std::string& project) {
  const auto format = lock_format_of(path);
  if (!format)
    throw Error(ErrorKind::usage, cat("`", printable(path), "` is not the name of a Python lock file"),
                "use `pylock.toml`, `uv.lock`, `poetry.lock` or `requirements.txt`");
  switch (*format) {
    case LockFormat::pylock: return read_pylock(path, read(path));
    case LockFormat::uv: return read_uv_lock(path, read(path), project);
    case LockFormat::poetry: return read_poetry_lock(path, read(path));
    case LockFormat::requirements: break;
  }
  return read_requirements(path, read);
}

}  // namespace lapstrake::packages::pip
