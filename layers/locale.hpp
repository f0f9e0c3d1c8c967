// libarchive translates names by the locale, and in UTF-8 even normalises them: the same tar would be other entries
// elsewhere.
#pragma once
#include <locale.h>

namespace lapstrake::layers {

// While it lives, this thread (and no other) is in one locale: in "C", where libarchive leaves bytes alone, unless
// told.
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
