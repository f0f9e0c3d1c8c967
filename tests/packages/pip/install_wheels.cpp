// Installs wheels into a folder, for comparisons with pip (pip.py):
//
//   pip_install_wheels FOLDER PYTHON VERSION WHEEL...
//
// FOLDER becomes a virtual environment of PYTHON ("/usr/local/bin/python3.11"), which has the VERSION ("3.11").
// With `-` for FOLDER, the wheels are only verified and unpacked. Exit code 1, with the error, if a wheel is refused.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/install.hpp>
#include <lapstrake/packages/pip/tags.hpp>
#include <lapstrake/packages/pip/wheel.hpp>

#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::pip;
namespace fs = std::filesystem;

namespace {

UnpackedArchive unpacked(const fs::path& wheel, const fs::path& into) {
  const FileDescriptor fd(::open(wheel.c_str(), O_RDONLY | O_CLOEXEC));
  const std::string file_name = wheel.filename(), what = description_of_wheel(file_name);
  const WheelName name = WheelName::parse(file_name);
  std::ofstream out(into, std::ios::binary);
  UnpackedArchiveWriter writer([&](Bytes bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  });
  unpack_wheel(random_access(fd.get(), wheel), file_name, {.name = name.name, .version = name.version}, writer);
  writer.finish();
  out.close();
  return UnpackedArchive::open(into, what, file_name).value();
}

std::string content_of(const layers::Entry& entry) {
  if (const auto* text = std::get_if<std::string>(&entry.content)) return *text;
  const auto* part = std::get_if<layers::Spooled>(&entry.content);
  if (part == nullptr) return "";
  std::string out(entry.size, '\0');
  const FileDescriptor fd(::open(part->file->path.c_str(), O_RDONLY | O_CLOEXEC));
  random_access(fd.get(), "the unpacked wheel").read(part->offset, std::as_writable_bytes(std::span(out)));
  return out;
}

void write(const layers::Entry& entry) {
  const fs::path path = "/" + entry.path;
  fs::create_directories(path.parent_path());
  if (entry.kind == layers::Kind::symlink) return fs::create_symlink(*entry.target, path);
  const std::string content = content_of(entry);
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  ::chmod(path.c_str(), entry.mode);
}

int run(const std::vector<std::string>& arguments) {
  const TempDir store;
  std::vector<UnpackedArchive> wheels;
  for (std::size_t i = 3; i < arguments.size(); ++i) wheels.push_back(unpacked(arguments[i], store / cat(i)));
  if (arguments[0] == "-") return 0;
  const auto version = PythonVersion::from_text(arguments[2]).value();
  for (const auto& entry :
       install(wheels, venv_scheme(arguments[0], {.version = version, .interpreter = arguments[1]})))
    write(entry);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return 2;
  try {
    return run({arguments + 1, arguments + count});
  } catch (const Error& error) {
    std::fputs(report(error).c_str(), stderr);
    return 1;
  }
}
