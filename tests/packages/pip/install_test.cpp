#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/install.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "packages/pip/wheel_writer.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::pip;

namespace {

const FoundPython official{.version = {.major = 3, .minor = 11, .patch = 4},
                           .prefix = "/usr/local",
                           .interpreter = "/usr/local/bin/python3.11",
                           .site_packages = "/usr/local/lib/python3.11/site-packages"};

const layers::Entry& entry_at(const std::vector<layers::Entry>& entries, std::string_view path) {
  const auto found = std::ranges::find(entries, path, &layers::Entry::path);
  INFO(path);
  REQUIRE(found != entries.end());
  return *found;
}

// Of an entry that install() made; nothing for a copy from a wheel.
std::string text_at(const std::vector<layers::Entry>& entries, std::string_view path) {
  const auto& content = entry_at(entries, path).content;
  REQUIRE(std::holds_alternative<std::string>(content));
  return std::get<std::string>(content);
}

// The paths, those below `folder` without it.
std::vector<std::string> paths_below(const std::vector<layers::Entry>& entries, std::string_view folder) {
  std::vector<std::string> out;
  for (const auto& entry : entries)
    if (entry.path.starts_with(folder)) out.push_back(entry.path.substr(folder.size()));
  return out;
}

std::vector<layers::Entry> installed(const std::vector<TestWheel>& wheels, const Scheme& scheme,
                                     const TempDir& folder) {
  std::vector<UnpackedArchive> archives;
  for (const auto& wheel : wheels) archives.push_back(unpacked(wheel, folder));
  return install(archives, scheme);
}

}  // namespace

TEST_CASE("a wheel is installed into a virtual environment with commands, INSTALLER and RECORD") {
  const TempDir folder;
  const auto entries = installed({{.files = {{.name = "demo/__init__.py", .content = "x = 1\n"}},
                                   .entry_points = "[console_scripts]\nrun = demo:main\n"}},
                                 venv_scheme("/opt/venv/", official), folder);
  CHECK(paths_below(entries, "opt/venv/") ==
        std::vector<std::string>{"bin/python", "bin/python3", "bin/python3.11", "bin/run",
                                 "lib/python3.11/site-packages/demo-1.0.dist-info/INSTALLER",
                                 "lib/python3.11/site-packages/demo-1.0.dist-info/METADATA",
                                 "lib/python3.11/site-packages/demo-1.0.dist-info/RECORD",
                                 "lib/python3.11/site-packages/demo-1.0.dist-info/WHEEL",
                                 "lib/python3.11/site-packages/demo-1.0.dist-info/entry_points.txt",
                                 "lib/python3.11/site-packages/demo/__init__.py", "lib64", "pyvenv.cfg"});
  const std::string run = text_at(entries, "opt/venv/bin/run");
  CHECK(run.starts_with("#!/opt/venv/bin/python3\n"));
  CHECK(entry_at(entries, "opt/venv/bin/run").mode == 0755);
  CHECK(*entry_at(entries, "opt/venv/bin/run").origin == "the wheel `demo-1.0-py3-none-any.whl`");
  const std::string info = "opt/venv/lib/python3.11/site-packages/demo-1.0.dist-info/";
  CHECK(text_at(entries, info + "INSTALLER") == "lapstrake\n");
  const std::string record = text_at(entries, info + "RECORD");
  CHECK(record.starts_with(
      cat("../../../bin/run,", record_checksum(run), ",", run.size(), "\ndemo-1.0.dist-info/INSTALLER,")));
  CHECK_THAT(record, Contains("\ndemo-1.0.dist-info/RECORD,,\n"));
  CHECK_THAT(record, Contains(cat("\ndemo/__init__.py,", record_checksum("x = 1\n"), ",6\n")));
}

TEST_CASE("a virtual environment has the links and the configuration of Python's venv") {
  const auto entries = install({}, venv_scheme("/opt/venv", official));
  CHECK(text_at(entries, "opt/venv/pyvenv.cfg") ==
        "home = /usr/local/bin\ninclude-system-site-packages = false\nversion = 3.11.4\n");
  CHECK(*entry_at(entries, "opt/venv/bin/python3.11").target == "/usr/local/bin/python3.11");
  CHECK(*entry_at(entries, "opt/venv/bin/python3").target == "python3.11");
  CHECK(*entry_at(entries, "opt/venv/bin/python").target == "python3.11");
  CHECK(*entry_at(entries, "opt/venv/lib64").target == "lib");
  CHECK(entry_at(entries, "opt/venv/lib64").kind == layers::Kind::symlink);
  const auto debian =
      install({}, venv_scheme("srv", {.version = {.minor = 13}, .prefix = "/usr", .interpreter = "/usr/bin/python3"}));
  CHECK(text_at(debian, "srv/pyvenv.cfg") == "home = /usr/bin\ninclude-system-site-packages = false\n");
  CHECK(*entry_at(debian, "srv/bin/python3").target == "/usr/bin/python3");
  CHECK(*entry_at(debian, "srv/bin/python3.13").target == "python3");
}

TEST_CASE("the folders of .data go to their places in the scheme") {
  const TempDir folder;
  const auto entries = installed({{.files = {{.name = "demo-1.0.data/purelib/pure.py", .content = "1"},
                                             {.name = "demo-1.0.data/platlib/plat.py", .content = "2"},
                                             {.name = "demo-1.0.data/headers/demo.h", .content = "3"},
                                             {.name = "demo-1.0.data/data/share/man/demo.1", .content = "4"},
                                             {.name = "demo-1.0.data/scripts/tool", .content = "#!/bin/sh\n"}}}},
                                 system_scheme(official), folder);
  const std::string site = "usr/local/lib/python3.11/site-packages/";
  const std::vector<std::string> paths{site + "pure.py", site + "plat.py", "usr/local/include/python3.11/demo/demo.h",
                                       "usr/local/share/man/demo.1"};
  for (const auto& path : paths) CHECK(entry_at(entries, path).mode == 0644);
  CHECK(entry_at(entries, "usr/local/bin/tool").mode == 0755);
  CHECK(paths_below(entries, "usr/local/bin/").size() == 1);
  const std::string record = text_at(entries, site + "demo-1.0.dist-info/RECORD");
  const std::vector<std::string> recorded{"../../../bin/tool,", "../../../include/python3.11/demo/demo.h,",
                                          "../../../share/man/demo.1,", "pure.py,", "plat.py,"};
  for (const auto& path : recorded) CHECK_THAT(record, Contains(path));
  CHECK(record.find(".data/") == std::string::npos);
}

TEST_CASE("scripts that begin with #!python get the interpreter's path, and their new checksum") {
  const TempDir folder;
  const std::string content = GENERATE("#!python\nimport a\n", "#!pythonw -E\nimport a\n", "#!python3\r\nimport a\n");
  const auto entries = installed({{.files = {{.name = "demo-1.0.data/scripts/tool", .content = content}}}},
                                 venv_scheme("/v", official), folder);
  const std::string text = "#!/v/bin/python3\nimport a\n";
  CHECK(text_at(entries, "v/bin/tool") == text);
  CHECK_THAT(text_at(entries, "v/lib/python3.11/site-packages/demo-1.0.dist-info/RECORD"),
             Contains(cat("../../../bin/tool,", record_checksum(text), ",", text.size(), "\n")));
}

TEST_CASE("a script that an entry point makes is not taken from .data") {
  const TempDir folder;
  const auto entries = installed({{.files = {{.name = "demo-1.0.data/scripts/run", .content = "old"},
                                             {.name = "demo-1.0.data/scripts/run.exe", .content = "old"},
                                             {.name = "demo-1.0.data/scripts/run-script.py", .content = "old"},
                                             {.name = "demo-1.0.data/scripts/run2", .content = "other"}},
                                   .entry_points = "[gui_scripts]\nrun = demo:main\n"}},
                                 system_scheme(official), folder);
  CHECK(paths_below(entries, "usr/local/bin/") == std::vector<std::string>{"run", "run2"});
  CHECK_THAT(text_at(entries, "usr/local/bin/run"), Contains("from demo import main"));
}

TEST_CASE("an INSTALLER in a wheel is replaced, owners come from the scheme") {
  const TempDir folder;
  auto scheme = system_scheme(official);
  scheme.uid = 33;
  scheme.gid = 34;
  const auto entries =
      installed({{.files = {{.name = "demo-1.0.dist-info/INSTALLER", .content = "x"}, {.name = "a", .content = "1"}}}},
                scheme, folder);
  CHECK(text_at(entries, "usr/local/lib/python3.11/site-packages/demo-1.0.dist-info/INSTALLER") == "lapstrake\n");
  for (const auto& entry : entries) CHECK((entry.uid == 33 && entry.gid == 34));
}

TEST_CASE("two wheels may have the same file, but not two contents for one path") {
  const TempDir folder;
  const auto both = [&](const ZipPart& first, const ZipPart& second) {
    return installed({{.name = "one", .files = {first}}, {.name = "two", .files = {second}}}, system_scheme(official),
                     folder);
  };
  const auto entries =
      both({.name = "ns/__init__.py", .content = "1"}, {.name = "ns/__init__.py", .content = "1", .mode = 0100755});
  CHECK(paths_below(entries, "usr/local/lib/python3.11/site-packages/ns") == std::vector<std::string>{"/__init__.py"});
  CHECK(entry_at(entries, "usr/local/lib/python3.11/site-packages/ns/__init__.py").mode == 0755);

  const Error error = failure_of([&] { both({.name = "a.py", .content = "1"}, {.name = "a.py", .content = "2"}); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.summary() == "`/usr/local/lib/python3.11/site-packages/a.py` has two different contents");
  CHECK(error.reason() ==
        "it comes from the wheel `one-1.0-py3-none-any.whl` and from the wheel `two-1.0-py3-none-any.whl`");
  CHECK(failure_of([&] { both({.name = "a/b", .content = "1"}, {.name = "a", .content = "2"}); }).summary() ==
        "`/usr/local/lib/python3.11/site-packages/a` is a file and a folder");
  CHECK_NOTHROW(both({.name = "a.py", .content = "1"}, {.name = "A.py", .content = "2"}));
}

TEST_CASE("a wheel cannot replace the Python of a virtual environment") {
  const TempDir folder;
  const Error error = failure_of([&] {
    installed({{.files = {{.name = "demo-1.0.data/data/bin/python3", .content = "x"}}}}, venv_scheme("/v", official),
              folder);
  });
  CHECK(error.summary() == "`/v/bin/python3` has two different contents");
  CHECK(error.reason() == "it comes from the virtual environment `/v` and from the wheel `demo-1.0-py3-none-any.whl`");
}

TEST_CASE("packages cannot be installed where scripts or the distribution do not allow it") {
  const auto summary_of = [](const std::function<void()>& act) {
    const Error error = failure_of(act);
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_FALSE(error.help().empty());
    return error.summary();
  };
  CHECK(summary_of([] { venv_scheme("/opt/my venv", official); }) ==
        "scripts cannot begin with `#!/opt/my venv/bin/python3`: the path has white space");
  CHECK_THAT(summary_of([] { venv_scheme(std::string(120, 'a'), official); }), Contains("the path is too long"));
  CHECK(summary_of([] { venv_scheme("/opt/../venv", official); }) == "cannot install packages into `/opt/../venv`");
  CHECK(summary_of([] { venv_scheme("/", official); }) == "cannot install packages into `/`");
  CHECK(summary_of([] { system_scheme({.prefix = "/usr", .interpreter = "/usr/bin/python3.11"}); }) ==
        "cannot install packages next to `/usr/bin/python3.11`: the packages of the distribution own its folders");
}

TEST_CASE("a free-threaded Python has its own folder of packages") {
  const auto scheme = venv_scheme(
      "/v", {.version = {.minor = 13}, .is_free_threaded = true, .interpreter = "/usr/local/bin/python3.13t"});
  CHECK(scheme.site_packages == "v/lib/python3.13t/site-packages");
}
