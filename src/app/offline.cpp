#include "offline.hpp"

#include <lapstrake/app/lock.hpp>
#include <lapstrake/app/vendor.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

#include "base_image.hpp"
#include "registry_base.hpp"

namespace lapstrake::app {

http::Transport no_transport() {
  return [](const http::Request& request) -> http::Response {
    throw Error(ErrorKind::usage, cat("cannot connect to `", request.url.host, "`: `--offline` is set"),
                "remove `--offline` on a host with a network");
  };
}

namespace {

// The last component, with or without a `/` at the end.
std::string name_of(const std::filesystem::path& folder) {
  const auto whole = std::filesystem::absolute(folder).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

}  // namespace

Error not_available_offline(const Context& context, std::string_view what) {
  const auto folder = context.vendor_folder ? cat(" and from `", context.vendor_folder->string(), "`") : std::string();
  return Error(ErrorKind::input, cat("`--offline`: ", what, " is missing from the store", folder),
               cat("run `lapstrake vendor` on a host with a network, and copy the folder `",
                   context.vendor_folder ? name_of(*context.vendor_folder) : std::string(vendor_folder_name), "` and `",
                   lock_file_name, "` to this host"));
}

void require_bases(const Context& context, const spec::Project& project, const std::vector<const spec::Image*>& images,
                   const store::Store& store) {
  if (!context.offline) return;
  std::set<std::string> missing;
  for (const auto* image : images) {
    const auto* remote = image->base ? std::get_if<oci::RegistryReference>(&*image->base) : nullptr;
    if (remote == nullptr || context.prebuilt_images.contains(image->name)) continue;
    const RegistryBase base(context, project.registries, *remote, image->base_pin, store, image->name);
    if (!base.is_available_offline()) missing.insert(cat("`", pinned(*remote, image->base_pin).text(), "`"));
  }
  if (!missing.empty())
    throw not_available_offline(context, cat(missing.size() == 1 ? "the base " : "each of the bases ",
                                             join({missing.begin(), missing.end()}, ", ")));
}

}  // namespace lapstrake::app
