#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/store.hpp>
#include <string>

#include "store/samples.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using store::Store;

namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

ino_t inode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_ino;
}

std::string text_of(const Store& store, const oci::Descriptor& blob) {
  return read_all(store.open_blob(blob), 1 << 20, "it");
}

// Runs `act` in a process of its own; true when it returns true.
template <class Act>
bool in_child(Act&& act) {
  const pid_t child = ::fork();
  if (child == 0) {
    bool good = false;
    try {
      good = act();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "child: %s\n", error.what());
    }
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

}  // namespace

TEST_CASE("the store's place is told by the option, then by the environment") {
  using store::default_root;
  CHECK(default_root("/a", environment({{"LAPSTRAKE_STORE", "/b"}})) == "/a");
  CHECK(default_root({}, environment({{"LAPSTRAKE_STORE", "/b"}, {"HOME", "/h"}})) == "/b");
  CHECK(default_root({}, environment({{"XDG_CACHE_HOME", "/x"}, {"HOME", "/h"}})) == "/x/lapstrake");
  CHECK(default_root({}, environment({{"XDG_CACHE_HOME", "relative"}, {"HOME", "/h"}})) == "/h/.cache/lapstrake");
  CHECK_THROWS_WITH(default_root({}, environment({})), Contains("neither LAPSTRAKE_STORE nor HOME is set"));
}

TEST_CASE("what is put into the store comes out again, in this process and the next") {
  TempDir dir;
  const auto blob = Store::open(dir / "s").put("hello", "text/plain");
  const auto again = Store::open(dir / "s");
  CHECK(blob.digest == oci::Digest::of("hello"));
  CHECK(blob.size == 5);
  CHECK(text_of(again, blob) == "hello");
  CHECK(again.size(blob.digest) == 5);
  CHECK_FALSE(again.has(oci::Digest::of("other")));
  CHECK(std::filesystem::is_empty(again.scratch()));
}

TEST_CASE("the store is its owner's alone, whatever the umask (S08)") {
  TempDir dir;
  const mode_t mask = GENERATE(mode_t{000}, mode_t{022}, mode_t{077});
  const mode_t before = ::umask(mask);
  const auto store = Store::open(dir / "s");
  const auto blob = store.put("hello", "text/plain");
  store.set_ref("web", blob);
  ::umask(before);
  for (const auto* folder : {"", "blobs", "blobs/sha256", "tmp"}) CHECK(mode_of(dir / "s" / folder) == 0700);
  for (const auto* file : {"oci-layout", "index.json", "lock", "index.lock"}) CHECK(mode_of(dir / "s" / file) == 0600);
  CHECK(mode_of(store.blob_path(blob.digest)) == 0600);
}

TEST_CASE("a store that others may write to is refused") {
  TempDir dir;
  { const auto store = Store::open(dir / "s"); }
  const auto folder = GENERATE(as<std::string>{}, "s", "s/blobs", "s/blobs/sha256", "s/tmp");
  const auto mode = GENERATE(mode_t{0720}, mode_t{0702}, mode_t{0777});
  REQUIRE(::chmod((dir / folder).c_str(), mode) == 0);
  CHECK_THROWS_WITH(Store::open(dir / "s"),
                    Contains("other users can write to the store's folder `" + (dir / folder).string()));
  CHECK_THROWS_AS(Store::gc(dir / "s", process_runtime()), Error);
  REQUIRE(::chmod((dir / folder).c_str(), 0700) == 0);
}

TEST_CASE("a folder of the store that is a symbolic link is refused, the store itself may be behind one (S42)") {
  TempDir dir;
  { const auto store = Store::open(dir / "s"); }
  std::filesystem::create_directory_symlink(dir / "s", dir / "link");
  CHECK_NOTHROW(Store::open(dir / "link"));
  const auto folder = GENERATE(as<std::string>{}, "s/blobs", "s/blobs/sha256", "s/tmp");
  std::filesystem::rename(dir / folder, dir / "aside");
  std::filesystem::create_directory_symlink(dir / "aside", dir / folder);
  CHECK_THROWS_WITH(Store::open(dir / "s"), Contains(folder + "`: it is a symbolic link"));
  CHECK_THROWS_AS(Store::gc(dir / "s", process_runtime()), Error);
}

TEST_CASE("another user's store is refused (S08)") {
  if (::geteuid() != 0) {
    WARN("not run: only root can give a folder away");
    return;
  }
  TempDir dir;
  { const auto store = Store::open(dir / "s"); }
  REQUIRE(::chown((dir / "s").c_str(), 65534, 65534) == 0);
  CHECK_THROWS_WITH(Store::open(dir / "s"), Contains("belongs to another user"));
}

TEST_CASE("what is no store says so") {
  TempDir dir;
  dir.write("file", "x");
  CHECK_THROWS_WITH(Store::open(dir / "file"), Contains("cannot create the folder") || Contains("it is not a folder"));
  CHECK_THROWS_WITH(Store::open(dir / "file/s"), Contains("file"));
}

TEST_CASE("a store that may only be read serves reads and refuses writes with a cure (S42)") {
  TempDir dir;
  const auto sample = samples::put_image(Store::open(dir / "s"), {"one"});
  Store::open(dir / "s").set_ref("web", sample.root);
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
  const bool root = ::geteuid() == 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir / "s"))
    if (root) REQUIRE(::chown(entry.path().c_str(), 65534, 65534) == 0);
  if (root) REQUIRE(::chown((dir / "s").c_str(), 65534, 65534) == 0);
  for (const auto* folder : {"s/blobs/sha256", "s/blobs", "s/tmp", "s"})
    REQUIRE(::chmod((dir / folder).c_str(), 0500) == 0);
  CHECK(in_child([&] {
    if (root && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return false;
    const auto store = Store::open(dir / "s");
    const bool reads = text_of(store, *store.ref("web")).starts_with("{") && store.check({}).problems.empty();
    store.set_ref("web", sample.root);  // as it is already
    store.put(text_of(store, sample.root), oci::media_type::manifest);
    try {
      store.put("new", "text/plain");
    } catch (const Error& error) {
      return reads && error.kind() == ErrorKind::input &&
             error.summary().find("create a file in") != std::string::npos &&
             error.help().find("--store") != std::string::npos;
    }
    return false;
  }));
}

TEST_CASE("a full store's cure is another store") {
  TempDir dir;
  const auto root = (dir / "s").string();
  std::filesystem::create_directory(root);
  const bool ran = in_child([&] {
    return ::unshare(CLONE_NEWNS) == 0 && ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("none", root.c_str(), "tmpfs", 0, "size=128k,mode=0700") == 0;
  });
  if (!ran) {
    WARN("not run: no file system can be mounted here");
    return;
  }
  CHECK(in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", root.c_str(), "tmpfs", 0, "size=128k,mode=0700") != 0)
      return false;
    const auto store = Store::open(root);
    try {
      store.put(std::string(1 << 20, 'x'), "text/plain");
    } catch (const Error& error) {
      return error.summary().find("No space left") != std::string::npos &&
             error.help().find("point `--store`") != std::string::npos && std::filesystem::is_empty(store.scratch());
    }
    return false;
  }));
}

TEST_CASE("a blob of a place is taken once, whole or not at all") {
  TempDir dir;
  const auto from = Store::open(dir / "from"), to = Store::open(dir / "to");
  const auto blob = from.put("hello", "text/plain");
  auto reader = from.reader("it", blob);
  int opened = 0;
  reader.open = [&, open = reader.open](const oci::Descriptor& one) { return ++opened, open(one); };
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(to.take(reader, blob, stop.get_token()), Interrupted);
  CHECK_FALSE(to.has(blob.digest));
  CHECK(std::filesystem::is_empty(to.scratch()));
  to.take(reader, blob);
  to.take(reader, blob);
  CHECK(text_of(to, blob) == "hello");
  CHECK(opened == 2);
}

TEST_CASE("a blob that is there is not written again, unless its size is wrong") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  const auto blob = store.put("hello", "text/plain");
  const auto path = store.blob_path(blob.digest);
  const auto before = inode_of(path);
  auto writer = store.new_blob();
  writer.write(as_bytes("hello"));
  CHECK(writer.commit() == blob.digest);
  store.put("hello", "text/plain");
  CHECK(inode_of(path) == before);

  std::filesystem::resize_file(path, 2);
  store.put("hello", "text/plain");
  CHECK(text_of(store, blob) == "hello");
}

TEST_CASE("a blob with other bytes than expected is not published, nor is one that was given up") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  {
    auto writer = store.new_blob();
    writer.write(as_bytes("hellO"));
    CHECK_THROWS_WITH(writer.commit(oci::Digest::of("hello")), Contains("a blob has the wrong digest"));
    auto given_up = store.new_blob();
    given_up.write(as_bytes("half"));
  }
  CHECK(std::filesystem::is_empty(dir / "s/blobs/sha256"));
  CHECK(std::filesystem::is_empty(store.scratch()));
}

TEST_CASE("a blob whose bytes were changed is not handed out as what it was (S21)") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  const auto blob = store.put("hello", "text/plain");
  const auto path = "s/blobs/sha256/" + std::string(blob.digest.hex());
  const auto [text, why] = GENERATE(table<std::string, std::string>({{"hellO", "has the wrong digest"},
                                                                     {"hell", "has only 4 of its 5 bytes"},
                                                                     {"hello!", "has more than its 5 bytes"}}));
  dir.write(path, text);
  try {
    text_of(store, blob);
    FAIL("nothing was noticed");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK_THAT(error.summary(), Contains(why));
    CHECK_THAT(error.help(), Contains("rm '" + store.blob_path(blob.digest).string() + "'"));
  }
}

TEST_CASE("a symlink or a missing file in the place of a blob is no blob") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  const auto blob = store.put("hello", "text/plain");
  std::filesystem::rename(store.blob_path(blob.digest), dir / "elsewhere");
  CHECK_THROWS_WITH(store.open_blob(blob), Contains("the store has no blob"));
  std::filesystem::create_symlink(dir / "elsewhere", store.blob_path(blob.digest));
  CHECK_FALSE(store.has(blob.digest));
  CHECK_THROWS_AS(store.open_blob(blob), Error);
}

TEST_CASE("refs are set, replaced and listed; other tools' entries stay") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  const auto one = samples::put_image(store, {"one"}).root;
  const auto two = samples::put_image(store, {"two"}).root;
  dir.write("s/index.json", R"({"schemaVersion":2,"manifests":[{"mediaType":"a/b","digest":")" + one.digest.text() +
                                R"(","size":1}]})");
  store.set_ref("web", one);
  store.set_ref("api", one);
  store.set_ref("web", two);
  CHECK(store.refs() == std::map<std::string, oci::Descriptor>{{"api", one}, {"web", two}});
  CHECK(store.ref("web") == two);
  CHECK_FALSE(store.ref("none").has_value());
  CHECK_THAT(dir.read("s/index.json"), Contains(R"("mediaType":"a/b")"));
  CHECK_THROWS_AS(store.set_ref("lost", oci::descriptor_of("nothing", "a/b")), Error);
}

TEST_CASE("an unchanged ref writes nothing") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  const auto one = samples::put_image(store, {"one"}).root;
  store.set_ref("web", one);
  const auto before = inode_of(dir / "s/index.json");
  store.set_ref("web", one);
  CHECK(inode_of(dir / "s/index.json") == before);
}

TEST_CASE("a place reads from the store") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  const auto sample = samples::put_image(store, {"one"});
  const auto loaded = oci::load(store.reader("web", sample.root), {});
  CHECK(loaded.manifest_descriptor == sample.root);
  CHECK(loaded.config.cmd == std::vector<std::string>{"/hello"});
}

TEST_CASE("a full disk is told with the path and a cure, and leaves the store whole") {
  TempDir dir;
  const auto kept = Store::open(dir / "s").put("kept", "text/plain");
  CHECK(in_child([&] {
    const auto store = Store::open(dir / "s");
    // EFBIG is what a test can have of ENOSPC: the same call fails, at the same place.
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 100 << 10, .rlim_max = 100 << 10};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    try {
      store.put(std::string(200 << 10, 'x'), "text/plain");
    } catch (const Error& error) {
      return error.kind() == ErrorKind::input && error.summary().find((dir / "s/tmp").string()) != std::string::npos;
    }
    return false;
  }));
  const auto store = Store::open(dir / "s");
  CHECK(std::filesystem::is_empty(store.scratch()));
  CHECK(store.check({}).problems.empty());
  CHECK(text_of(store, kept) == "kept");
}
