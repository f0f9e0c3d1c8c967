#include <unistd.h>

#include <lapstrake/app/context.hpp>

namespace lapstrake::app {

std::filesystem::path scratch(const Context& context) {
  std::error_code failure;
  const auto tmp = context.store_root / "tmp";
  if (std::filesystem::is_directory(tmp, failure) && ::access(tmp.c_str(), W_OK | X_OK) == 0) return tmp;
  const auto temporary = std::filesystem::temp_directory_path(failure);
  return failure ? std::filesystem::path("/tmp") : temporary;
}

}  // namespace lapstrake::app
