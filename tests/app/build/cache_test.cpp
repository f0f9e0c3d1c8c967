// Nothing that is remembered may ever change a digest.
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "journey.hpp"

using namespace lapstrake;

namespace {

struct Tree : Journey {
  std::mt19937 random{20261121};
  std::uint64_t reused = 0, as_before = 0;

  std::filesystem::path file() { return dir / "public" / cat("f", random() % 12); }

  oci::Digest built(bool no_cache) {
    auto context = this->context();
    context.build.no_cache = no_cache;
    context.store_root = dir / (no_cache ? "fresh" : "store");
    context.report.progress = [this, no_cache](const app::Event& event) {
      reused += event.kind == app::Event::Kind::reused;
      const bool is_of_pieces = event.text.ends_with(" reused");
      as_before += is_of_pieces;
      if (no_cache) CHECK_FALSE(is_of_pieces);
    };
    return app::build(context, project(), {}, {}).at(0).root.digest;
  }

  void write(const std::filesystem::path& path, const std::string& text) { std::ofstream(path) << text; }
  // Mostly small; of the big ones some make a piece of their own or are cut (layers/piece_planner.hpp).
  std::string content() {
    const std::size_t sizes[] = {64, 64, 64, 64, 3'000, 3'000, 90'000, 90'000, 250'000, 600'000};
    return std::string(sizes[random() % 10], static_cast<char>('a' + random() % 26));
  }

  // Another content of the same size, the modification time put back.
  void edit_in_secret(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return;
    write(path, std::string(static_cast<std::size_t>(status.st_size), static_cast<char>('a' + random() % 26)));
    const timespec times[2] = {status.st_atim, status.st_mtim};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  }

  // A byte changed, the end cut off, all gone: of what is remembered, or of the blobs that pieces are taken from.
  void damage_cache() {
    std::vector<std::filesystem::path> files;
    for (const auto* folder : {"store/cache", "store/blobs"}) {
      std::error_code ignored;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(dir / folder, ignored))
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    if (files.empty()) return;
    const auto& victim = files[random() % files.size()];
    const bool is_blob = victim.native().find("/blobs/") != std::string::npos;
    const auto size = std::filesystem::file_size(victim);
    // Manifests and configs are read whole and are not this test's matter.
    if (size == 0 || (is_blob && size < 8'000)) return;
    switch (random() % 3) {
      case 0: {
        std::fstream file(victim, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(random() % size));
        file.put('?');
        break;
      }
      case 1: std::filesystem::resize_file(victim, random() % size); break;
      default: std::filesystem::remove_all(dir / "store/cache");
    }
  }

  void change() {
    std::error_code ignored;
    const auto one = file(), other = file();
    switch (random() % 9) {
      case 0: write(one, content()); break;
      case 1: edit_in_secret(one); break;
      case 2: std::filesystem::rename(one, other, ignored); break;
      case 3: ::chmod(one.c_str(), random() % 2 == 0 ? 0755 : 0644); break;
      case 4: std::filesystem::remove(one, ignored); break;
      case 5: std::filesystem::create_hard_link(one, other, ignored); break;
      case 6: ::utimensat(AT_FDCWD, one.c_str(), nullptr, 0); break;
      case 7:
        std::filesystem::rename(one, dir / "aside", ignored);
        std::filesystem::rename(other, one, ignored);
        std::filesystem::rename(dir / "aside", other, ignored);
        break;
      default:
        std::filesystem::remove(one, ignored);
        std::filesystem::create_symlink(cat("f", random() % 12), one, ignored);
    }
  }
};

}  // namespace

TEST_CASE("whatever is done to the files or the cache, a build that remembers gives the digest of one that does not") {
  Tree tree;
  for (int i = 0; i < 12; ++i) tree.write(tree.file(), tree.content());
  const int steps = std::getenv("LAPSTRAKE_LONG_TESTS") != nullptr ? 10'000 : 250;
  for (int i = 0; i < steps; ++i) {
    for (unsigned changes = tree.random() % 3; changes > 0; --changes) tree.change();
    if (tree.random() % 8 == 0) ::usleep(60'000);  // else nearly all is racy, and nothing is remembered
    if (tree.random() % 20 == 0) tree.damage_cache();
    INFO("step " << i);
    REQUIRE(tree.built(false) == tree.built(true));
    if (i % 500 == 499) std::filesystem::remove_all(tree.dir / "fresh");
  }
  CHECK(tree.reused > 100);
  CHECK(tree.as_before > 5);  // how many depends on the clock
}

TEST_CASE("an unchanged tree is not read again") {
  Tree tree;
  tree.write(tree.dir / "public/f0", "content");
  ::usleep(80'000);
  const auto digest = tree.built(false);
  CHECK(tree.reused == 0);
  // Were it opened, the build would fail: a file whose times stand still but that cannot be read.
  const auto blobs = tree.dir / "store/blobs/sha256";
  const auto before = std::filesystem::last_write_time(blobs);
  CHECK(tree.built(false) == digest);
  CHECK(tree.reused == 2);
  CHECK(std::filesystem::last_write_time(blobs) == before);
}
