#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/seen_blobs.hpp>

namespace lapstrake::oci {

void SeenBlobs::expect_depth(std::uint64_t level) const {
  if (level > limits::nested_indexes)
    throw Error(ErrorKind::integrity,
                cat("`", name_, "` has indexes nested deeper than ", limits::nested_indexes, " levels"));
}

bool SeenBlobs::add(const Digest& digest) {
  if (seen_.contains(digest)) return false;
  if (seen_.size() == limits::visited_manifests)
    throw Error(ErrorKind::integrity,
                cat("`", name_, "` refers to more than ", limits::visited_manifests, " manifests and blobs"));
  return seen_.insert(digest).second;
}

void SeenBlobs::charge(const Descriptor& blob) {
  if (++texts_ > limits::visited_manifests)
    throw Error(ErrorKind::integrity,
                cat("`", name_, "` refers to more than ", limits::visited_manifests, " manifests"));
  if (blob.size > limits::manifest_bytes - bytes_)
    throw Error(ErrorKind::integrity,
                cat("the manifests and configs of `", name_, "` are longer than ", human_size(limits::manifest_bytes)));
  bytes_ += blob.size;
}

}  // namespace lapstrake::oci
