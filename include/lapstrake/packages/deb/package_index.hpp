// The Packages file of a suite's component: which packages it has, where, and with which digests.
#pragma once
#include <cstdint>
#include <lapstrake/oci/digest.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

enum class Priority : std::uint8_t { required, important, standard, optional, extra };

struct IndexedPackage {
  std::string name, version, architecture;  // of the package: "amd64", "all"
  std::string path;                         // Filename: relative to the URI of the source; a safe path
  std::uint64_t size = 0;                   // bytes
  oci::Digest digest;
  Priority priority = Priority::optional;
  bool essential = false;
};

// Keeps the text and the place of every paragraph in it (a Debian suite has 65,000); fields are read on demand.
class PackageIndex {
 public:
  // `suite`: as the source names it, "bookworm-security"; "" for local files. Error{integrity} for text that is not of
  // the format.
  PackageIndex(std::string suite, std::string text, std::string what);
  const std::string& suite() const { return suite_; }
  const std::string& text() const { return text_; }
  const std::string& what() const { return what_; }

  // Error{integrity}: its paragraph lacks Filename, Size or SHA256, or its path is absolute or contains `..`.
  std::optional<IndexedPackage> find(std::string_view name, std::string_view version,
                                     std::string_view architecture) const;
  std::vector<IndexedPackage> versions_of(std::string_view name) const;
  std::vector<IndexedPackage> essential() const;
  // Names, sorted, without duplicates: for suggestions.
  std::vector<std::string_view> names() const;
  // Calls `each` with the name and the paragraph of every package, sorted by name.
  template <class Each>
  void for_each(Each&& each) const {
    for (const auto& place : places_) each(place.name, std::string_view(text_).substr(place.offset, place.size));
  }
  // The paragraph of a package; empty if it has none.
  std::string_view stanza_of(std::string_view name, std::string_view version, std::string_view architecture) const;

 private:
  struct Place {
    std::string_view name;
    std::size_t offset = 0, size = 0;
  };
  std::span<const Place> places_of(std::string_view name) const;

  std::string suite_, text_, what_;
  std::vector<Place> places_;  // sorted by name
};

}  // namespace lapstrake::packages::deb
