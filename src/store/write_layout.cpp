#include <lapstrake/base/lock_folder.hpp>
#include <lapstrake/store/image_files.hpp>
#include <lapstrake/store/layout.hpp>

#include "closure.hpp"
#include "refs.hpp"

namespace lapstrake::store {

void write_layout(const Store& store, const oci::Descriptor& root, const std::filesystem::path& folder,
                  const std::string& tag, const std::stop_token& stop) {
  make_folder(folder);
  const auto lock = lock_folder(folder);
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
