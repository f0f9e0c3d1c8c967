#include <lapstrake/app/images/vendor_folder.hpp>

#include <algorithm>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/lock_folder.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>

namespace lapstrake::app {
namespace {

namespace fs = std::filesystem;

// Nothing if it is missing or damaged.
std::optional<oci::Index> valid_index(const store::Layout& layout) {
  try {
    return layout.index();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::integrity) throw;
    return std::nullopt;
  }
}

}  // namespace

store::Layout vendor_layout(const fs::path& folder) { return store::Layout(folder, vendor_again); }

std::optional<store::Layout> open_vendor_folder(const Context& context) {
  std::error_code failure;
  if (!context.bases.vendor_folder || !fs::exists(*context.bases.vendor_folder / "index.json", failure))
    return std::nullopt;
  return vendor_layout(*context.bases.vendor_folder);
}

void require_vendor_folder(const store::Layout& layout, const fs::path& store_root) {
  const auto& folder = layout.folder();
  std::error_code failure;
  if (!fs::exists(folder, failure)) return;
  constexpr const char* help = "use a new folder, or one created by `lapstrake vendor`";
  if (fs::equivalent(folder, store_root, failure))
    throw Error(ErrorKind::usage, cat("cannot vendor into `", folder.string(), "`: it is the store"), help);
  if (!layout.exists() && !layout.is_unused())
    throw Error(ErrorKind::input, cat("cannot vendor into `", folder.string(), "`: it contains other files"), help);
  for (const auto& entry : valid_index(layout).value_or(oci::Index()).manifests)
    if (const auto name = vendored_name(entry); !is_vendored_entry(entry))
      throw Error(ErrorKind::input,
                  cat("cannot vendor into `", folder.string(), "`: `lapstrake vendor` did not write its image ",
                      name.empty() ? entry.digest.text() : cat("`", printable(name, 200), "`")),
                  help);
}

void create_vendor_folder(const Context& context, const store::Layout& layout) {
  make_folder(layout.folder());
  const auto folder_lock = lock_folder(layout.folder());  // another run may create the layout, too
  layout.create();
  if (valid_index(layout)) return;
  const auto file = layout.folder() / "index.json";
  std::error_code failure;
  if (fs::exists(file, failure))
    context.report.progress(
        {.kind = Event::Kind::warning,
         .text = cat("recreated the damaged `", file.string(), "`: run `lapstrake vendor -e NAME` to restore the ",
                     "bases of other environments")});
  layout.write_index(store::empty_index());
}

std::string vendored_name(const oci::Descriptor& entry) {
  const auto found = entry.annotations.find(std::string(oci::ref_name_annotation));
  return found == entry.annotations.end() ? std::string() : found->second;
}

bool is_vendored_entry(const oci::Descriptor& entry) {
  return vendored_name(entry).ends_with(cat("@", entry.digest.text()));
}

void add_to_vendor_folder(const store::Layout& layout, const std::vector<oci::Descriptor>& entries) {
  const auto folder_lock = lock_folder(layout.folder());
  auto index = valid_index(layout).value_or(store::empty_index());
  const auto known = index.manifests.size();
  for (const auto& entry : entries)
    if (std::ranges::find(index.manifests, entry) == index.manifests.end()) index.manifests.push_back(entry);
  if (index.manifests.size() == known) return;
  std::ranges::sort(index.manifests, {}, vendored_name);
  layout.write_index(index);
}

}  // namespace lapstrake::app
