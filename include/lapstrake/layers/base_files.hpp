// The file tree below a layer: the base and earlier layers merged, names and attributes only.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/merged_tree.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lapstrake::layers {

// The attributes of a file in a base. Only account files, package databases and os-release have content.
struct BaseFile {
  Kind kind = Kind::file;
  enum class Text : std::uint8_t { none, kept, dropped } text = Text::none;
  std::uint32_t mode = 0, uid = 0, gid = 0;
  std::string target = {};  // of a symlink; with Text::kept the file's content

  bool is_folder() const { return kind == Kind::directory; }
  bool is_symlink() const { return kind == Kind::symlink; }
  static BaseFile folder() { return {.kind = Kind::directory, .mode = 0755}; }
  static std::uint64_t more_bytes(std::uint64_t) { return 0; }
  static constexpr ErrorKind loop_kind = ErrorKind::input;
};

class BaseFiles {
 public:
  using Node = MergedTree<BaseFile>::Node;

  // Streams a base layer (a tar, plain or compressed with gzip or zstd, detected by its first bytes) and merges it on
  // top: whiteouts and opaque folders are applied. /etc/passwd and /etc/group are kept as text (at most 1 MiB each),
  // the databases of dpkg and apk (limits::database_bytes together), etc/os-release, usr/lib/os-release and
  // etc/debian_version (limits::release_file_bytes). Nothing is written to disk. Error{integrity} when it is not a tar,
  // for `..`, and beyond `ReadLimits` and `TreeBudget`; all layers share one budget.
  void add_layer(const Source& blob, std::string_view what, const std::stop_token& stop = {});
  // Merges a layer built by this program on top.
  void add_layer(const std::vector<Entry>& entries);

  bool empty() const { return tree_.nodes().empty(); }
  // `path` without leading "/"; no symlink is followed.
  const Node* find(std::string_view path) const { return tree_.find(path); }
  // `path` with symlinks to folders resolved (bin/sh -> usr/bin/sh when bin -> usr/bin): entries must be written there,
  // since a real `bin/` that replaces the link breaks the image. The last component is not followed. Links never lead
  // out of the root. Error{input} for a loop.
  std::string resolve(std::string_view path) const;
  // The same, but the last component is followed too.
  std::string follow(std::string_view path) const { return tree_.follow(path); }
  // The text of etc/passwd, etc/group, os-release, debian_version or a package database (var/lib/dpkg/status,
  // var/lib/dpkg/status.d/NAME, lib/apk/db/installed), links followed. Error{integrity} when it was dropped, because of
  // a limit. Also that of etc/shadow, etc/gshadow, etc/shells and var/lib/dpkg/{alternatives,triggers}/NAME, within the
  // limits.
  std::optional<std::string> text_of(std::string_view path) const;
  // At most `most` names in a folder, for suggestions.
  std::vector<std::string> names_in(std::string_view folder, std::size_t most = 10'000) const;

  // All that is in a folder ("" is the root), at any depth, sorted by path. No link is followed.
  void for_each_below(std::string_view folder,
                      const std::function<void(const std::string& path, const Node& node)>& act) const;
  // Real paths that match a glob relative to the folder `folder`, sorted; what is in a match is not listed again. Links
  // to folders are not entered. Error{input} beyond limits::removed_paths.
  std::vector<std::string> matches(std::string_view folder, const PathGlob& glob) const;

  // Serialization with a checksum, for the cache. from_bytes() returns nullopt for damaged bytes or another version.
  void write(const Sink& sink) const;
  std::string to_bytes() const;
  static std::optional<BaseFiles> from_bytes(std::string_view bytes);

 private:
  BaseFile file_of(const Entry& entry, const std::string& path, const std::function<std::string()>& text);
  BaseFile::Text how_to_keep(const Entry& entry, const std::string& path);
  bool is_account_file(const std::string& path);

  MergedTree<BaseFile> tree_;
  // etc/passwd and etc/group with links followed, at that version of the tree's links.
  std::optional<std::pair<std::uint64_t, std::array<std::string, 2>>> account_files_;
  std::uint64_t candidate_bytes_ = 0;  // of texts that a link may turn into one of them
  std::uint64_t database_bytes_ = 0;
};

}  // namespace lapstrake::layers
