#include <lapstrake/spec/git.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake::spec;

namespace {

const std::string one(40, '1'), two(40, '2'), long_one(64, 'a');

}  // namespace

TEST_CASE("the commit is that of the branch that HEAD names") {
  const TempDir folder;
  folder.write(".git/HEAD", "ref: refs/heads/main\n");
  folder.write(".git/refs/heads/main", one + "\n");
  folder.write("a/b/file", "");
  CHECK(git_commit(folder / "a/b") == one);
}

TEST_CASE("a loose ref is newer than a packed one") {
  const TempDir folder;
  folder.write(".git/HEAD", "ref: refs/heads/main\n");
  folder.write(".git/packed-refs",
               "# pack-refs with: peeled\n" + two + " refs/heads/main2\n" + one + " refs/heads/main\n^" + two + "\n");
  CHECK(git_commit(folder.path()) == one);
  folder.write(".git/refs/heads/main", two + "\n");
  CHECK(git_commit(folder.path()) == two);
}

TEST_CASE("a detached HEAD is its own commit, of SHA-256 repositories too") {
  const TempDir folder;
  folder.write(".git/HEAD", long_one + "\n");
  CHECK(git_commit(folder.path()) == long_one);
}

TEST_CASE("a worktree shares the refs of its repository") {
  const TempDir folder;
  folder.write("main/.git/refs/heads/topic", one + "\n");
  folder.write("main/.git/HEAD", two + "\n");
  folder.write("main/.git/worktrees/w/HEAD", "ref: refs/heads/topic\n");
  folder.write("main/.git/worktrees/w/commondir", "../..\n");
  folder.write("w/.git", "gitdir: " + (folder / "main/.git/worktrees/w").string() + "\n");
  CHECK(git_commit(folder / "w") == one);
}

TEST_CASE("there is no commit where there is none to find") {
  const TempDir folder;
  const std::string head = GENERATE("", "ref: refs/heads/unborn\n", "ref: refs/../../secret\n", "ref: HEAD\n",
                                    "not a commit\n", "ref: refs/heads/loop\n");
  folder.write(".git/HEAD", head);
  folder.write("secret", one);
  folder.write(".git/refs/heads/loop", "ref: refs/heads/loop\n");
  CHECK_FALSE(git_commit(folder.path()));
}
