// A tar file's members by name: where their bytes lie. They are read in place, nothing is unpacked.
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
  // A file that is compressed (gzip, zstd, xz, bzip2; told by its first bytes) is first spooled into an unnamed file in
  // `scratch`. Error{input} when it cannot be read or is no tar, {integrity} when it ends too early, has a text
  // twice, or is beyond a limit (base/limits.hpp).
  ArchiveIndex(const std::filesystem::path& file, const std::filesystem::path& scratch, const std::stop_token& stop);

  struct Member {
    std::uint64_t offset = 0, size = 0;
  };
  // `name` without a leading "./"; links within the archive are followed (docker of old made them).
  std::optional<Member> find(std::string_view name) const;
  Source open(const Member& member) const;
  // Nothing when it is absent; Error{integrity} when it is longer than 8 MiB.
  std::optional<std::string> text(std::string_view name) const;
  std::string path() const { return path_.string(); }

 private:
  void read_headers(layers::TreeBudget budget);
  std::filesystem::path path_;
  std::shared_ptr<const FileDescriptor> file_;
  std::map<std::string, Member, std::less<>> members_;
  std::map<std::string, std::string, std::less<>> links_;  // to the name that is meant
};

}  // namespace lapstrake::store
