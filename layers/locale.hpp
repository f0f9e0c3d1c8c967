// Sets the locale of a thread. libarchive converts names by the locale, and in UTF-8 even normalises them: the same tar
// would give different entries on different machines.
#pragma once
#include <locale.h>

namespace lapstrake::layers {

// Sets the locale of this thread only, until it is destroyed; by default to "C", where libarchive keeps bytes
// unchanged.
class InLocale {
 public:
  explicit InLocale(const char* name = "C") : mine_(newlocale(LC_ALL_MASK, name, nullptr)), before_(uselocale(mine_)) {}
  ~InLocale() {
    uselocale(before_);
    if (mine_ != locale_t{}) freelocale(mine_);
  }
  InLocale(const InLocale&) = delete;
  InLocale& operator=(const InLocale&) = delete;

 private:
  locale_t mine_, before_;
};

}  // namespace lapstrake::layers
