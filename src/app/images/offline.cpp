#include <lapstrake/app/images/offline.hpp>

#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

namespace lapstrake::app {

namespace {

// The last component, with or without a `/` at the end.
std::string name_of(const std::filesystem::path& folder) {
  const auto whole = std::filesystem::absolute(folder).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

}  // namespace

Error not_available_offline(const Context& context, std::string_view what) {
  const auto folder =
      context.bases.vendor_folder ? cat(" and from `", context.bases.vendor_folder->string(), "`") : std::string();
  return Error(
      ErrorKind::input, cat("`--offline`: ", what, " is missing from the store", folder),
      cat("run `lapstrake vendor` on a host with a network, and copy the folder `",
          context.bases.vendor_folder ? name_of(*context.bases.vendor_folder) : std::string(vendor_folder_name),
          "` and `", lock_file_name, "` to this host"));
}

}  // namespace lapstrake::app
