#include <lapstrake/app/images/vendor_folder.hpp>

namespace lapstrake::app {

store::Layout vendor_layout(const std::filesystem::path& folder) { return store::Layout(folder, vendor_again); }

std::optional<store::Layout> open_vendor_folder(const Context& context) {
  std::error_code failure;
  if (!context.bases.vendor_folder || !std::filesystem::exists(*context.bases.vendor_folder / "index.json", failure))
    return std::nullopt;
  return vendor_layout(*context.bases.vendor_folder);
}

}  // namespace lapstrake::app
