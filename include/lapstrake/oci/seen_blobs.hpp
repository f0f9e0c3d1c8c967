// The blobs that a walk over indexes and manifests has seen, and the limits of such a walk (base/limits.hpp). Indexes
// may refer to the same blobs many times, so every walk must use this.
#pragma once
#include <lapstrake/base/limits.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <set>
#include <string>

namespace lapstrake::oci {

class SeenBlobs {
 public:
  // `name`: of the image, for messages.
  explicit SeenBlobs(std::string name, std::uint64_t most_nested = limits::nested_indexes)
      : name_(std::move(name)), most_nested_(most_nested) {}

  // Call it first for each blob: false when it was seen before. Error{integrity} beyond the limits.
  bool add(const Digest& digest, std::uint64_t depth);
  // Call it before a text is read. Error{integrity} when all texts of the walk together exceed the limit.
  void charge(const Descriptor& blob);

 private:
  std::string name_;
  std::uint64_t most_nested_, bytes_ = 0, texts_ = 0;
  std::set<Digest> seen_;
};

}  // namespace lapstrake::oci
