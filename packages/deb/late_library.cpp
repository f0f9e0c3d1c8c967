#include "late_library.hpp"

#include <dlfcn.h>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb {

void* late_symbol(const char* library, const char* package, const char* name) {
  void* const handle = ::dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (void* const found = handle == nullptr ? nullptr : ::dlsym(handle, name)) return found;
  const char* const reason = ::dlerror();
  throw Error(ErrorKind::input, cat("cannot load `", library, "`, which `deb:` needs"),
              cat("install it (Debian: `apt-get install ", package, "`)"))
      .because(reason == nullptr ? std::string() : printable(reason));
}

}  // namespace lapstrake::packages::deb
