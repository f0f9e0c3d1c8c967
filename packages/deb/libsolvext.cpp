// Loads libsolvext when the first index is read: it brings the libraries of RPM along.
#include "late_library.hpp"
#include "solv.hpp"

extern "C" int repo_add_debpackages(Repo* repo, FILE* file, int flags) {
  static const auto real = reinterpret_cast<int (*)(Repo*, FILE*, int)>(
      lapstrake::packages::deb::late_symbol("libsolvext.so.1", "libsolvext1", "repo_add_debpackages"));
  return real(repo, file, flags);
}
