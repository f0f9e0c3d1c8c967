// Which wheels `lapstrake lock` takes from an index, decided from its pages and metadata alone.
#include <algorithm>
#include <lapstrake/app/packages/pip_step.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <map>

#include "http/quiet_runtime.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::app;

namespace {

std::string sha256_of(char digit) { return std::string(64, digit); }

// A wheel on an index that serves its metadata, so that no test needs the wheel itself.
struct IndexedWheel {
  std::string name;
  char digit = '1';  // of its sha256
  std::string needs = {};
  std::string members = {};          // of the page's entry: `, "yanked": true`
  std::string python = {};           // Requires-Python of its metadata
  std::string metadata_digest = {};  // what the page says, if not the digest of the metadata

  std::string metadata() const {
    const auto parts = split(name, '-');
    auto out = cat("Metadata-Version: 2.1\nName: ", parts[0], "\nVersion: ", parts[1], "\n");
    if (!python.empty()) out += cat("Requires-Python: ", python, "\n");
    if (!needs.empty()) out += cat("Requires-Dist: ", needs, "\n");
    return out;
  }
  std::string entry() const {
    return cat(R"({"filename": ")", name, R"(", "url": "/files/)", name, R"(", "size": 1, "hashes": {"sha256": ")",
               sha256_of(digit), R"("}, "core-metadata": {"sha256": ")",
               metadata_digest.empty() ? oci::Digest::of(metadata()).hex() : metadata_digest, "\"}", members, "}");
  }
};

class WheelIndex {
 public:
  explicit WheelIndex(std::vector<IndexedWheel> wheels) : wheels_(std::move(wheels)) {}
  std::string url() const { return server_.url("/simple"); }
  std::vector<std::string> requests() const { return server_.requests(); }

 private:
  std::optional<std::string> answer(const std::string& request) const {
    const auto path = split(request, ' ').at(1);
    for (const auto& wheel : wheels_)
      if (path == cat("/files/", wheel.name, ".metadata")) return ScriptedServer::reply("200 OK", "", wheel.metadata());
    std::string entries;
    for (const auto& wheel : wheels_)
      if (path == cat("/simple/", split(wheel.name, '-')[0], "/"))
        entries += cat(entries.empty() ? "" : ", ", wheel.entry());
    if (entries.empty()) return ScriptedServer::reply("404 Not Found", "", "");
    return ScriptedServer::reply("200 OK", "Content-Type: application/vnd.pypi.simple.v1+json\r\n",
                                 cat(R"({"meta": {"api-version": "1.0"}, "name": "x", "files": [)", entries, "]}"));
  }

  std::vector<IndexedWheel> wheels_;
  ScriptedServer server_{[this](const std::string& request) { return answer(request); }};
};

struct LockWorld {
  TempDir dir;
  Context context;
  spec::Project project;
  std::map<std::string, std::string, std::less<>> variables;
  const layers::BaseFiles nothing;

  explicit LockWorld(const std::string& index) {
    variables = {{"PIP_CONFIG_FILE", "/dev/null"}, {"PIP_INDEX_URL", index}};
    context.runtime = quiet_runtime();
    context.runtime.sleep = [](auto) {};
    context.runtime.environment = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    context.store_root = dir / "store";
    project.folder = dir.path();
  }

  packages::LockedInstall lock(const std::string& requirements, const std::string& architecture = "amd64") {
    dir.write("requirements.txt", requirements);
    const PackageRun run(context, project, store::Store::open(context.store_root));
    oci::Pip step;
    step.lock = "requirements.txt";
    step.python = "3.11";
    step.libc = "glibc-2.36";
    const oci::Platform platform{.os = "linux", .architecture = architecture};
    return lock_pip(run, step, {.image = "app", .platform = platform, .base = nothing, .env = {}});
  }
  std::vector<std::string> names(const std::string& requirements, const std::string& architecture = "amd64") {
    std::vector<std::string> out;
    for (const auto& file : lock(requirements, architecture).files) out.push_back(file.name);
    return out;
  }
};

using Names = std::vector<std::string>;

const std::string x86 = "a-1.0-cp311-cp311-manylinux_2_17_x86_64.whl";
const std::string arm = "a-1.0-cp311-cp311-manylinux_2_17_aarch64.whl";
const std::string pure = "a-1.0-py3-none-any.whl";

}  // namespace

TEST_CASE("each platform gets its wheel, or the one for all") {
  const WheelIndex index({{pure, '1'}, {x86, '2'}});
  LockWorld world(index.url());
  CHECK(world.names("a==1.0") == Names{x86});
  CHECK(world.names("a==1.0", "arm64") == Names{pure});
}

TEST_CASE("a wheel is chosen among those with a hash of the list") {
  const WheelIndex index({{pure, '1'}, {x86, '2'}, {arm, '3'}});
  LockWorld world(index.url());
  CHECK(world.names(cat("a==1.0 --hash=sha256:", sha256_of('1'))) == Names{pure});
  CHECK(world.names(cat("a==1.0 --hash=sha256:", sha256_of('1'), " --hash=sha256:", sha256_of('2'))) == Names{x86});
  const auto error = failure_of([&] { world.lock(cat("a==1.0 --hash=sha256:", sha256_of('9'))); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == "no file of a 1.0 in the index has a hash of requirements.txt:1");
}

TEST_CASE("metadata that differs from its digest on the page is refused") {
  const WheelIndex index({{.name = pure, .metadata_digest = sha256_of('0')}});
  LockWorld world(index.url());
  const auto error = failure_of([&] { world.lock("a==1.0"); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == cat("the metadata of `", pure, "` has the wrong digest"));
}

TEST_CASE("a project comes from the first index that has it") {
  const WheelIndex first({{pure, '1'}}), second({{x86, '2'}, {"b-1.0-py3-none-any.whl", '3'}});
  LockWorld world(first.url());
  world.variables["PIP_EXTRA_INDEX_URL"] = second.url();
  CHECK(world.names("a==1.0\nb==1.0") == Names{pure, "b-1.0-py3-none-any.whl"});
}

TEST_CASE("each page and each metadata is read once") {
  const WheelIndex index({{pure}, {"b-1.0-py3-none-any.whl", '2', "a"}});
  LockWorld world(index.url());
  world.lock("a==1.0\nb==1.0");
  CHECK(index.requests().size() == 4);
}

TEST_CASE("a version that needs another Python is an error") {
  const WheelIndex index({{.name = pure, .python = ">=3.12"}});
  LockWorld world(index.url());
  const auto error = failure_of([&] { world.lock("a==1.0"); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.summary() == "a 1.0 needs Python >=3.12, and the image has 3.11");
}

TEST_CASE("a version that the index lacks is an error that names the newest") {
  const WheelIndex index({{pure}, {"a-1.10-py3-none-any.whl"}, {"a-1.9-py3-none-any.whl"}});
  LockWorld world(index.url());
  const auto error = failure_of([&] { world.lock("a==2.0"); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK(error.help() == "correct the version in requirements.txt:1: the newest there is 1.10");
}

TEST_CASE("the version to add satisfies all who need it, and has a wheel for the image") {
  std::vector<IndexedWheel> wheels{{"a-1.0-py3-none-any.whl", '1', "m>=1"}, {"b-1.0-py3-none-any.whl", '2', "m<5"}};
  const auto add = [&](const std::string& name, const std::string& members = "") {
    wheels.push_back({.name = name, .members = members});
  };
  add("m-1.0-py3-none-any.whl");
  std::string expected = "m==1.0";
  SECTION("the newest") {
    add("m-1.10-py3-none-any.whl");
    add("m-1.9-py3-none-any.whl");
    expected = "m==1.10";
  }
  SECTION("not one that another package excludes") { add("m-5.0-py3-none-any.whl"); }
  SECTION("no pre-release") { add("m-2.0rc1-py3-none-any.whl"); }
  SECTION("not for another machine") { add("m-2.0-cp311-cp311-manylinux_2_17_aarch64.whl"); }
  SECTION("not for another Python") { add("m-2.0-py3-none-any.whl", R"(, "requires-python": ">=3.12")"); }
  SECTION("not yanked") { add("m-2.0-py3-none-any.whl", R"(, "yanked": "broken")"); }
  const WheelIndex index(wheels);
  LockWorld world(index.url());
  const auto error = failure_of([&] { world.lock("a==1.0\nb==1.0"); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(split(error.help(), '\n').at(1) == expected);
}

TEST_CASE("without a fitting version, the line to add has what the packages need") {
  const WheelIndex index({{"a-1.0-py3-none-any.whl", '1', "m>=1"}, {"b-1.0-py3-none-any.whl", '2', "M<5"}});
  LockWorld world(index.url());
  CHECK(split(failure_of([&] { world.lock("a==1.0\nb==1.0"); }).help(), '\n').at(1) == "m>=1,<5");
}

TEST_CASE("a hash that the index does not have is compared with the wheel itself") {
  const WheelIndex index({{.name = pure}});
  LockWorld world(index.url());
  // The index serves only metadata: asking for the wheel shows that its sha256 alone proves nothing.
  const auto error = failure_of([&] { world.lock(cat("a==1.0 --hash=sha512:", std::string(128, 'a'), "\n")); });
  CHECK(error.kind() != ErrorKind::usage);
  const auto requests = index.requests();
  CHECK(std::ranges::any_of(requests,
                            [&](const auto& one) { return one.find(cat("/files/", pure, " ")) != std::string::npos; }));
}

TEST_CASE("metadata of another package is refused") {
  IndexedWheel wheel{.name = pure, .needs = "b>=1\nName: other"};
  const WheelIndex index({wheel});
  LockWorld world(index.url());
  CHECK(failure_of([&] { world.lock("a==1.0\n"); }).kind() == ErrorKind::integrity);
}
