// One walk over a graph of indexes and manifests, which may name each other as often as their author likes: what was
// looked at, and how much of it there may be (base/limits.hpp). All such walks count with this.
#pragma once
#include <lapstrake/base/limits.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <set>
#include <string>

namespace lapstrake::oci {

class SeenBlobs {
 public:
  // `name`: the place that is walked over, for messages.
  explicit SeenBlobs(std::string name, std::uint64_t most_nested = limits::nested_indexes)
      : name_(std::move(name)), most_nested_(most_nested) {}

  // Before anything is done with it: false for what was visited already. Error{integrity} beyond the limits.
  bool add(const Digest& digest, std::uint64_t depth);
  // Before its text is read. Error{integrity} when all texts of the walk are longer than the limit.
  void charge(const Descriptor& blob);

 private:
  std::string name_;
  std::uint64_t most_nested_, bytes_ = 0, texts_ = 0;
  std::set<Digest> seen_;
};

}  // namespace lapstrake::oci
