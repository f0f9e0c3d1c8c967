// An index of a tar file: offsets and sizes of its members by name. They are read in place, without unpacking.
#pragma once
#include <cstdint>
#include <filesystem>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/layers/tree_budget.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::store {

class ArchiveIndex {
 public:
  // A compressed file (gzip, zstd, xz, bzip2, detected by its first bytes) is first decompressed into an unnamed file
  // in `scratch`. Error{input} when it is unreadable or not a tar, {integrity} when it is truncated, has a duplicate
  // text, or exceeds a limit (base/limits.hpp).
  ArchiveIndex(const std::filesystem::path& file, const std::filesystem::path& scratch, const std::stop_token& stop);

  struct Member {
    std::uint64_t offset = 0, size = 0;
  };
  // `name` without a leading "./"; links within the archive are followed (old versions of docker wrote them).
  std::optional<Member> find(std::string_view name) const;
  Source open(const Member& member) const;
  // nullopt when it is absent; Error{integrity} when it is longer than 8 MiB.
  std::optional<std::string> text(std::string_view name) const;
  std::string path() const { return path_.string(); }

 private:
  void read_headers(layers::TreeBudget budget);
  std::filesystem::path path_;
  std::shared_ptr<const FileDescriptor> file_;
  std::map<std::string, Member, std::less<>> members_;
  std::map<std::string, std::string, std::less<>> links_;  // to the name of the target
};

}  // namespace lapstrake::store
