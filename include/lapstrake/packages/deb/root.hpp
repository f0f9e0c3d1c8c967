// The files of new packages on top of the layers below, while an install step builds them: what dpkg unpacks, and what
// effects (effects.hpp) change.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

enum class Docs { drop, keep };

// Paths are relative, without "." and "..". Those of the callers may go through symbolic links, of the layers below or
// of the packages; they are resolved inside the root (`bin` -> `usr/bin`).
class Root {
 public:
  struct Attributes {
    std::uint32_t mode = 0644, uid = 0, gid = 0;
  };
  // Unless the layers below have them, the links bin, lib, lib64 and so on to usr/ (Debian's merged /usr), and those of
  // /var/run and /var/lock to /run, are created where packages use them.
  explicit Root(const layers::BaseFiles& below);

  // The files of a package. With Docs::drop those that Debian's slim images leave out: usr/share/{doc,info,man,groff,
  // lintian,locale,...}, but never copyright files. Error{usage}: a file that another package has with other content
  // and without Replaces; both are named. A conffile or file of the layers below is replaced.
  void add(const Deb& deb, Docs docs);

  // Of the packages or effects; null for files of the layers below only.
  const layers::Entry* find(std::string_view path) const;
  // Also in the layers below.
  bool exists(std::string_view path) const;
  bool is_folder(std::string_view path) const;
  // The target of a symbolic link, also in the layers below; nothing for others.
  std::optional<std::string> link_target(std::string_view path) const;
  // The content of a file of the packages or effects; of the layers below only account files and package databases.
  std::optional<std::string> text(std::string_view path, std::size_t most = 4u << 20) const;
  // Names in a folder, also of the layers below, sorted.
  std::vector<std::string> names_in(std::string_view folder) const;
  // Real paths of the packages' files below a folder, at any depth, sorted.
  std::vector<std::string> paths_below(std::string_view folder) const;

  // Missing parents are created (0755 0:0). `origin`: "package nginx-common". What was at the path is replaced, except
  // that a folder keeps its content.
  void put_file(std::string_view path, std::string text, Attributes attributes, std::string_view origin);
  void put_symlink(std::string_view path, std::string_view target, std::string_view origin);
  void put_directory(std::string_view path, Attributes attributes, std::string_view origin);
  // The same content and attributes at another path. False if there is no such file of the packages.
  bool copy(std::string_view from, std::string_view to, std::string_view origin);
  // Owner and mode of a file or folder of the packages. False if there is none.
  bool set_attributes(std::string_view path, Attributes attributes);
  void remove(std::string_view path);  // of the packages only

  // The path with symbolic links to folders resolved.
  std::string real_path(std::string_view path) const;
  // The paths of each package for dpkg's .list files, as the package has them ("/bin/ls"), sorted.
  std::vector<std::string> list_of(std::string_view package) const;

  // Sorted by path; afterwards the root is empty. Hard links are entries with the same content.
  std::vector<layers::Entry> entries() &&;

 private:
  struct Owner {
    std::string package;
    std::vector<std::string> replaces = {};
  };
  const layers::Entry* own(std::string_view real) const;
  std::string resolved(std::string_view path, bool follows_last, unsigned depth) const;
  std::optional<std::string> link_at(std::string_view real) const;
  void link_folder(std::string_view path);
  void add_link(std::string_view path, std::string_view target);
  void add_member(const Deb& deb, const Member& member, const std::string& path,
                  const std::shared_ptr<const Owner>& owner);
  void put(std::string real, layers::Entry entry, const std::shared_ptr<const Owner>& owner);
  bool is_replacement(const std::string& real, const layers::Entry& entry, const layers::Entry& other,
                      const Owner& owner) const;
  std::string place_for(std::string_view path);

  const layers::BaseFiles& below_;
  std::map<std::string, layers::Entry, std::less<>> entries_;                // by real path
  std::map<std::string, std::shared_ptr<const Owner>, std::less<>> owners_;  // of files, by real path
  std::map<std::string, std::vector<std::string>, std::less<>> lists_;
  // The last folder that was resolved; forgotten when a link is added.
  mutable std::optional<std::pair<std::string, std::string>> recent_;
};

}  // namespace lapstrake::packages::deb
