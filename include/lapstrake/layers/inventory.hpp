// The inventory of a written layer: its entries with MACs and offsets, so that a later build can report changes and a
// reader can locate a file in the layer. Cached next to the layer's index; it never influences the output.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/write.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::layers {

struct InventoryItem {
  std::string path;
  Kind kind = Kind::file;
  std::uint32_t mode = 0, uid = 0, gid = 0;
  std::uint64_t size = 0, tar_at = 0;  // tar_at: the offset of its header in the tar
  std::string target;
  ContentMac content{}, xattrs{};  // under the inventory's key
};

struct Inventory {
  std::string byte_format;
  oci::Codec codec = oci::Codec::gzip;
  int level = 0;
  std::int64_t mtime = 0;
  ContentMac key{};
  std::vector<InventoryItem> items;  // in the layer's order
};

// `written`: the result of write_layer for `entries` and `options`.
void write_inventory(const std::vector<Entry>& entries, const WriteOptions& options, const Written& written,
                     const Sink& sink);
// nullopt for damaged bytes or another version.
std::optional<Inventory> inventory(std::string_view bytes);

struct Change {
  enum class What { added, removed, kind, content, target, mode, owner, xattrs };
  std::string path;
  What what = What::content;
};
std::string_view name_of(Change::What what);  // "content", "mode", ...

// In the layer's order; per entry the first change that applies, in the order above.
std::vector<Change> changes(const Inventory& before, const Inventory& after);
// Changes that affect all bytes: "compression was gzip 1 and is zstd 3", "SOURCE_DATE_EPOCH was 0 and is 7", ...
std::vector<std::string> wholesale_changes(const Inventory& before, const Inventory& after);

}  // namespace lapstrake::layers
