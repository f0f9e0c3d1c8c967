// libsolv's types with owners. (LIBSOLV_SOLVABLE_PREPEND_DEP: a member of Solvable is called `requires`, a word of
// C++.)
#pragma once
#define LIBSOLV_SOLVABLE_PREPEND_DEP 1
extern "C" {
#include <solv/evr.h>
#include <solv/pool.h>
#include <solv/queue.h>
#include <solv/repo.h>
#include <solv/repo_deb.h>
#include <solv/solver.h>
}

#include <cstdio>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb::solv {

using PoolHandle = CHandle<Pool, pool_free>;
using SolverHandle = CHandle<Solver, solver_free>;

class IdQueue {
 public:
  IdQueue() { queue_init(&queue_); }
  ~IdQueue() { queue_free(&queue_); }
  IdQueue(const IdQueue&) = delete;
  IdQueue& operator=(const IdQueue&) = delete;
  ::Queue* get() { return &queue_; }
  void push(Id first, Id second) { queue_push2(&queue_, first, second); }
  int size() const { return queue_.count; }
  Id operator[](int i) const { return queue_.elements[i]; }

 private:
  ::Queue queue_{};
};

inline std::string text_of(Pool* pool, Id id) { return pool_id2str(pool, id); }
// "libc6 (>= 2.36)" of a dependency, with all alternatives.
inline std::string dependency_text(Pool* pool, Id dependency) { return pool_dep2str(pool, dependency); }

// Adds the packages of Packages text to the repository.
inline void add_packages(Repo* repo, std::string_view text) {
  if (text.empty()) return;
  std::string copy(text);
  const CHandle<std::FILE, std::fclose> file(::fmemopen(copy.data(), copy.size(), "r"));
  if (file == nullptr || repo_add_debpackages(repo, file.get(), 0) != 0)
    throw Error(ErrorKind::internal, "libsolv cannot read an index of packages").because(pool_errstr(repo->pool));
}

}  // namespace lapstrake::packages::deb::solv
