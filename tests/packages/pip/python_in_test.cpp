#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/pip/python_in.hpp>
#include <string>
#include <support/catch.hpp>
#include <support/failure.hpp>
#include <vector>

using namespace lapstrake;
using namespace lapstrake::packages::pip;
using layers::BaseFiles, layers::Entry, layers::Kind;

namespace {

Entry file_entry(const std::string& path, const std::string& text = "") {
  Entry out;
  out.path = path;
  out.content = text;
  out.size = text.size();
  return out;
}

Entry link_entry(const std::string& path, const std::string& target) {
  Entry out;
  out.path = path;
  out.kind = Kind::symlink;
  out.target = target;
  return out;
}

BaseFiles base_of(const std::vector<Entry>& entries) {
  BaseFiles base;
  base.add_layer(entries);
  return base;
}

// An interpreter with its standard library.
std::vector<Entry> python_files(const std::string& prefix, const std::string& name) {
  return {file_entry(prefix + "/bin/" + name), file_entry(prefix + "/lib/" + name + "/encodings/utf_8.py")};
}

std::vector<Entry> together(const std::vector<std::vector<Entry>>& parts) {
  std::vector<Entry> out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

const auto debian_packages =
    file_entry("var/lib/dpkg/status",
               "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u10\n\n"
               "Package: python3.11-minimal\nStatus: install ok installed\nVersion: 3.11.2-6+deb12u6\n");

}  // namespace

TEST_CASE("the Python of an official image is in /usr/local, also beside Debian's") {
  const auto base = base_of(
      together({{debian_packages}, python_files("usr/local", "python3.12"), python_files("usr", "python3.11")}));
  const FoundPython expected{.version = {.major = 3, .minor = 12, .patch = 7},
                             .prefix = "/usr/local",
                             .interpreter = "/usr/local/bin/python3.12",
                             .site_packages = "/usr/local/lib/python3.12/site-packages"};
  CHECK(python_in(base, std::nullopt, {.python_version = "3.12.7"}) == expected);
  CHECK(target_in(base, "aarch64", std::nullopt, {.python_version = "3.12.7"}).text() ==
        "cpython 3.12.7, glibc 2.36, aarch64");
  CHECK(pythons_in(base).size() == 2);
  CHECK_FALSE(python_in(base, std::nullopt, {.python_version = "3.13.1"}).version.patch);
}

TEST_CASE("Debian's Python installs below /usr/local, and dpkg knows its patch level") {
  const auto found = python_in(base_of(together({{debian_packages}, python_files("usr", "python3.11")})));
  CHECK(found.interpreter == "/usr/bin/python3.11");
  CHECK(found.site_packages == "/usr/local/lib/python3.11/dist-packages");
  CHECK(found.version.text() == "3.11.2");
}

TEST_CASE("a distroless image lists its packages in a folder") {
  const auto base = base_of(
      together({{file_entry("var/lib/dpkg/status.d/libc6", "Package: libc6\nVersion: 2.41-12\n"),
                 file_entry("var/lib/dpkg/status.d/libpython3", "Package: libpython3.13-minimal\nVersion: 3.13.5-2\n")},
                python_files("usr", "python3.13")}));
  CHECK(target_in(base, "x86_64").text() == "cpython 3.13.5, glibc 2.41, x86_64");
}

TEST_CASE("Alpine's Python has musl") {
  const auto base = base_of(
      together({{file_entry("lib/apk/db/installed", "C:Q1x=\nP:musl\nV:1.2.5-r9\n\nP:python3\nV:3.12.11-r0\n\n")},
                python_files("usr", "python3.12")}));
  CHECK(target_in(base, "x86_64").text() == "cpython 3.12.11, musl 1.2, x86_64");
  CHECK(python_in(base).site_packages == "/usr/lib/python3.12/site-packages");
}

TEST_CASE("links are followed") {
  const auto base = base_of({link_entry("bin", "usr/bin"), link_entry("usr/local/bin/python3.11", "/opt/python/python"),
                             file_entry("opt/python/python"), link_entry("usr/local/lib/python3.11", "/opt/python/lib"),
                             file_entry("opt/python/lib/encodings/utf_8.py"), link_entry("lib64", "usr/lib64"),
                             file_entry("usr/lib64/libc-2.28.so")});
  CHECK(python_in(base).interpreter == "/usr/local/bin/python3.11");
  CHECK(libc_in(base) == Libc::from_text("glibc-2.28"));
  CHECK(pythons_in(
            base_of({link_entry("usr/bin/python3.11", "gone"), file_entry("usr/lib/python3.11/encodings/utf_8.py")}))
            .empty());
}

TEST_CASE("a free-threaded Python has two names and one library") {
  const auto base = base_of({file_entry("usr/local/bin/python3.13"), file_entry("usr/local/bin/python3.13t"),
                             file_entry("usr/local/bin/python3.13t-config"),
                             file_entry("usr/local/lib/python3.13t/encodings/utf_8.py")});
  const auto found = python_in(base);
  CHECK(found.is_free_threaded);
  CHECK(found.site_packages == "/usr/local/lib/python3.13t/site-packages");
}

TEST_CASE("a base image without Python is refused with the line to write") {
  const auto error = failure_of([] {
    python_in(base_of({debian_packages, file_entry("usr/bin/python3.11-config"), file_entry("usr/bin/python3.11")}));
  });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.summary() == "the base image has no Python");
  CHECK(error.help().find("`python: \"3.11\"`") != std::string::npos);
}

TEST_CASE("several Pythons in one folder are named, and one can be chosen") {
  const auto base = base_of(together({python_files("usr", "python3.9"), python_files("usr", "python3.12")}));
  const auto error = failure_of([&] { python_in(base); });
  CHECK(error.reason() == "it has `/usr/bin/python3.12`, `/usr/bin/python3.9`");
  CHECK(python_in(base, PythonVersion::from_text("3.9.5")).version.text() == "3.9.5");
  CHECK_THROWS_AS(python_in(base, PythonVersion::from_text("3.10")), Error);
}

TEST_CASE("removed packages and unknown databases give no C library") {
  CHECK_FALSE(libc_in(base_of(
      {file_entry("var/lib/dpkg/status", "Package: libc6\nStatus: deinstall ok config-files\nVersion: 2.36-9\n")})));
  CHECK(libc_in(base_of({file_entry("lib64/libc-2.17.so")})) ==
        Libc{.kind = Libc::Kind::glibc, .major = 2, .minor = 17});
  CHECK(libc_in(base_of({file_entry("usr/lib/apk/db/installed", "P:glibc\nV:2.42-r1\n")})) ==
        Libc::from_text("glibc-2.42"));
  CHECK_FALSE(libc_in(base_of({file_entry("usr/lib/libc.so.6"), file_entry("lib64/libc-.so")})));
  const auto error = failure_of([] { target_in(base_of(python_files("usr", "python3.9")), "x86_64"); });
  CHECK(error.help() == "set it: `libc: glibc-2.36` or `libc: musl-1.2`");
}

TEST_CASE("the Python of AWS Lambda is in a folder of its PATH") {
  const auto base = base_of(together({python_files("var/lang", "python3.12"), python_files("usr", "python3.9")}));
  const BaseEnvironment lambda{.path = "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin"};
  CHECK(python_in(base, std::nullopt, lambda).site_packages == "/var/lang/lib/python3.12/site-packages");
  CHECK(pythons_in(base, lambda).size() == 2);
  CHECK(python_in(base).interpreter == "/usr/bin/python3.9");
}

TEST_CASE("the links of a virtual environment are not a Python") {
  const auto base = base_of(together({python_files("usr/local", "python3.12"),
                                      {link_entry("opt/venv/bin/python3.12", "/usr/local/bin/python3.12"),
                                       file_entry("opt/venv/lib/python3.12/site-packages/a.py")}}));
  CHECK(python_in(base, std::nullopt, {.path = "/opt/venv/bin:/usr/local/bin"}).prefix == "/usr/local");
}

TEST_CASE("other entries of PATH are ignored") {
  const auto base = base_of(python_files("usr", "python3.9"));
  CHECK(python_in(base, std::nullopt, {.path = ":bin:/:/bin:/../bin:/usr/sbin:/bin/bin:/usr/../usr/bin"}).prefix ==
        "/usr");
  CHECK(pythons_in(base, {.path = ""}).empty());
}
