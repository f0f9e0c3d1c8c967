#include <fcntl.h>

#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/image_files.hpp>
#include <lapstrake/store/layout.hpp>

#include "closure.hpp"
#include "lock.hpp"
#include "refs.hpp"

namespace lapstrake::store {
namespace {

// Without a lock, two builds that add tags to one layout could lose one of them.
FileDescriptor locked(const std::filesystem::path& folder) {
  FileDescriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock) throw Error(ErrorKind::input, cat("cannot open `", folder.string(), "`: ", reason(errno)));
  wait_for_lock(lock, LockMode::exclusive, folder);
  return lock;
}

}  // namespace

void write_layout(const Store& store, const oci::Descriptor& root, const std::filesystem::path& folder,
                  const std::string& tag, const std::stop_token& stop) {
  make_folder(folder);
  const auto lock = locked(folder);
  const Layout layout(folder);
  layout.create();
  const auto before = layout.index();
  auto index = before.value_or(empty_index());
  for (const auto& blob : exported_blobs(store, root))
    layout.put(
        blob, [&](const Sink& sink) { drain(store.open_blob(blob), sink, stop); }, stop);
  if (replace_ref(index, tag, root) || !before) layout.write_index(index);
}

}  // namespace lapstrake::store
