#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/layers/write.hpp>

#include "layer_writer.hpp"

namespace lapstrake::layers {
namespace {

void refuse_giants(const std::vector<Entry>& entries) {
  const std::uint64_t size = estimated_tar_size(entries);
  if (size <= limits::layer_bytes) return;
  const auto biggest =
      std::max_element(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.size < b.size; });
  throw Error(ErrorKind::input,
              cat("the layer would be ", human_size(size), ", and the limit is ", human_size(limits::layer_bytes)),
              "exclude large files with `exclude:`, or split the layer")
      .because(cat("its largest file is `", printable(biggest->path, 4096), "` with ", human_size(biggest->size)));
}

}  // namespace

std::uint64_t estimated_tar_size(const std::vector<Entry>& entries) {
  std::uint64_t size = 1024;
  for (const Entry& entry : entries) size += 512 + (entry.kind == Kind::file ? (entry.size + 511) / 512 * 512 : 0);
  return size;
}

Written write_layer(const std::vector<Entry>& entries, const WriteOptions& options, const Sink& sink) {
  refuse_giants(entries);
  LayerWriter writer(entries, options, sink);
  return writer.write();
}

}  // namespace lapstrake::layers
