#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/merged_tree.hpp>

#include "paths.hpp"

namespace lapstrake::layers::merging {

void refuse(std::string_view path, std::string_view why) {
  throw Error(ErrorKind::integrity, cat("`", printable(path, 4096), "` ", why));
}

std::string path_in_image(std::string_view path) {
  auto out = relative_path(path);
  if (!out) refuse(path, "is outside of the image");
  if (out->size() > limits::path_bytes) refuse(*out, "is longer than 4096 bytes");
  return std::move(*out);
}

void read_layer(const Source& blob, std::string_view what, TreeBudget& budget,
                const std::function<void(const TarEntry&, const std::string& path, const Source& data)>& each,
                const std::stop_token& stop) {
  const EachEntry checked = [&](const TarEntry& entry, const Source& data) {
    const auto path = path_in_image(entry.path);
    if (entry.target->size() > limits::path_bytes) refuse(path, "is a link to a path longer than 4096 bytes");
    budget.step(path, 1);
    each(entry, path, data);
  };
  step(cat("reading ", what), [&] { read_tar(budget.metered(blob), what, checked, {.stop = stop}); });
}

bool is_whiteout(std::string_view name) { return name.starts_with(whiteout_prefix); }

bool is_opaque(std::string_view whiteout) { return whiteout == opaque_whiteout; }

std::string_view name_removed_by(std::string_view whiteout, std::string_view folder) {
  const auto name = whiteout.substr(whiteout_prefix.size());
  if (name.empty() || name == "." || name == "..") refuse(folder, "has a whiteout without a name");
  return name.starts_with(whiteout_prefix) ? std::string_view() : name;
}

bool lies_below(std::string_view path, std::string_view folder) { return lies_in(path, folder); }

}  // namespace lapstrake::layers::merging
