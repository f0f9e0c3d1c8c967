// The blobs that a walk over indexes and manifests has seen, and the limits of such a walk (base/limits.hpp). Indexes
// may refer to the same blobs many times, so a walk must use this; walk_image.hpp does.
#pragma once
#include <lapstrake/base/limits.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <set>
#include <string>

namespace lapstrake::oci {

class SeenBlobs {
 public:
  // `name`: of the image, for messages.
  explicit SeenBlobs(std::string name) : name_(std::move(name)) {}

  // Call it first for each blob: false when it was seen before. Error{integrity} beyond the limit.
  bool add(const Digest& digest);
  // Call it before an index is read; the root has the level 1. Error{integrity} beyond the limit.
  void expect_depth(std::uint64_t level) const;
  // Call it before a text is read. Error{integrity} when all texts of the walk together exceed the limit.
  void charge(const Descriptor& blob);

 private:
  std::string name_;
  std::uint64_t bytes_ = 0, texts_ = 0;
  std::set<Digest> seen_;
};

}  // namespace lapstrake::oci
