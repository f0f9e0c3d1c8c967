#include <fstream>
#include <lapstrake/packages/pip/lock_file.hpp>
#include <sstream>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "lock_sample.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

// Lock files of an invented project, written by uv 0.13 (uv.lock, pylock.toml, requirements.txt) and Poetry 2.5.
LockedPackages lock_sample(const std::string& name) {
  return read_lock_file(name, [](const std::string& path) {
    std::ifstream in(std::string(LAPSTRAKE_SOURCE_DIR) + "/testdata/python/" + path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  });
}

std::vector<std::string> sample_names(const std::string& file, const PackageSelection& selection) {
  return names_and_versions(packages_for(lock_sample(file), selection));
}

}  // namespace

TEST_CASE("the name of a lock file decides its format") {
  CHECK(lock_format_of("a/pylock.toml") == LockFormat::pylock);
  CHECK(lock_format_of("pylock.web.toml") == LockFormat::pylock);
  CHECK_FALSE(lock_format_of("pylock.a.b.toml"));
  CHECK_FALSE(lock_format_of("pylock..toml"));
  CHECK(lock_format_of("uv.lock") == LockFormat::uv);
  CHECK(lock_format_of("b/poetry.lock") == LockFormat::poetry);
  CHECK(lock_format_of("requirements/base.txt") == LockFormat::requirements);
  CHECK(failure_of([] { read_lock_file("Pipfile.lock", reader_of({})); }).kind() == ErrorKind::usage);
}

TEST_CASE("uv's lock files give the packages that `uv export` gives for Linux and Python 3.11") {
  const std::vector<std::string> expected{"anyio 4.16.0",
                                          "attrs 26.1.0",
                                          "click 8.5.1",
                                          "idna 3.20",
                                          "outcome 1.3.0.post0",
                                          "sniffio 1.3.1",
                                          "sortedcontainers 2.4.0",
                                          "trio 0.35.0",
                                          "typing-extensions 4.16.0"};
  const auto* file = GENERATE("uv.lock", "pylock.toml", "requirements.txt");
  CAPTURE(file);
  CHECK(sample_names(file, for_python_311()) == expected);
}

TEST_CASE("extras and groups of real lock files add the packages that the tools export") {
  const auto uv = sample_names("uv.lock", for_python_311({"mail"}, {"dev"}));
  CHECK(uv == std::vector<std::string>{"anyio 4.16.0", "attrs 26.1.0", "click 8.5.1", "dnspython 2.9.2",
                                       "email-validator 2.4.0", "idna 3.20", "iniconfig 2.3.1", "outcome 1.3.0.post0",
                                       "sniffio 1.3.1", "sortedcontainers 2.4.0", "trio 0.35.0",
                                       "typing-extensions 4.16.0"});
  const auto poetry = sample_names("poetry.lock", for_python_311({"mail"}));
  CHECK(poetry == std::vector<std::string>{"anyio 4.12.1", "attrs 26.1.0", "click 8.1.8", "dnspython 2.7.0",
                                           "email-validator 2.3.0", "idna 3.20", "outcome 1.3.0.post0", "sniffio 1.3.1",
                                           "sortedcontainers 2.4.0", "trio 0.35.0", "typing-extensions 4.16.0"});
  CHECK(sample_names("poetry.lock", for_python_311({}, {"dev"})) ==
        std::vector<std::string>{"anyio 4.12.1", "attrs 26.1.0", "click 8.1.8", "idna 3.20", "iniconfig 2.1.0",
                                 "outcome 1.3.0.post0", "sniffio 1.3.1", "sortedcontainers 2.4.0", "trio 0.35.0",
                                 "typing-extensions 4.16.0"});
}

TEST_CASE("real lock files have hashes of all their wheels") {
  const auto* file = GENERATE("uv.lock", "pylock.toml", "poetry.lock");
  CAPTURE(file);
  for (const auto& package : packages_for(lock_sample(file), for_python_311()).packages) {
    CAPTURE(package.name);
    CHECK_FALSE(package.files.empty());
    for (const auto& wheel : package.files) CHECK(wheel.checksums.size() == 1);
  }
}
