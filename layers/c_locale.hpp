// libarchive translates names by the locale, and in UTF-8 even normalises them: the same tar would be other entries
// elsewhere.
#pragma once
#include <locale.h>

namespace lapstrake::layers {

// While it lives, this thread (and no other) is in the C locale, where libarchive leaves bytes alone.
class InCLocale {
 public:
  InCLocale() : mine_(newlocale(LC_ALL_MASK, "C", nullptr)), before_(uselocale(mine_)) {}
  ~InCLocale() {
    uselocale(before_);
    if (mine_ != locale_t{}) freelocale(mine_);
  }
  InCLocale(const InCLocale&) = delete;
  InCLocale& operator=(const InCLocale&) = delete;

 private:
  locale_t mine_, before_;
};

}  // namespace lapstrake::layers
