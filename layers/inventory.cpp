#include <lapstrake/layers/inventory.hpp>

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/fingerprint.hpp>
#include <map>

#include <lapstrake/base/records.hpp>
#include "codec.hpp"
#include "content_mac.hpp"

namespace lapstrake::layers {
namespace {

constexpr std::string_view inventory_magic = "lapstrake inventory 1\n";

ContentMac mac_of(const oci::Xattrs& xattrs, Gmac& gmac) {
  if (xattrs.empty()) return {};
  RecordWriter all;
  for (const auto& [name, value] : xattrs) all.text(name), all.text(value);
  return gmac.of(as_bytes(all.take()));
}

void add(RecordWriter& out, const Entry& entry, std::uint64_t tar_at, const ContentMac& content, Gmac& gmac) {
  out.text(entry.path);
  for (const std::uint64_t number : {static_cast<std::uint64_t>(entry.kind), std::uint64_t{entry.mode},
                                     std::uint64_t{entry.uid}, std::uint64_t{entry.gid}, entry.size, tar_at})
    out.number(number);
  out.text(*entry.target);
  out.fixed(content);
  out.fixed(mac_of(*entry.xattrs, gmac));
}

InventoryItem item(RecordReader& in) {
  InventoryItem out;
  const auto small = [&] { return static_cast<std::uint32_t>(in.number()); };
  out.path = in.text();
  out.kind = static_cast<Kind>(in.number());
  out.mode = small();
  out.uid = small();
  out.gid = small();
  out.size = in.number();
  out.tar_at = in.number();
  out.target = in.text();
  out.content = in.fixed<16>();
  out.xattrs = in.fixed<16>();
  return out;
}

// Two inventories, and what of them can be compared.
struct Pair {
  const Inventory &before, &after;
  bool is_key_same = before.key == after.key;
  bool is_rule_same = before.byte_format == after.byte_format && before.codec == after.codec;
  // A smaller content is always in one piece, independent of the rule and the headers.
  std::uint64_t surely_whole = std::min(cut_rule(before.codec).most, cut_rule(after.codec).most) / 2;
};

// The MAC of a content in several pieces depends on the cuts between them, and so on the size of the headers.
bool can_compare_contents(const Pair& pair, const InventoryItem& before, const InventoryItem& after) {
  if (!pair.is_key_same) return false;
  const bool is_cut_alike =
      pair.is_rule_same && before.uid == after.uid && before.gid == after.gid && before.xattrs == after.xattrs;
  return is_cut_alike || after.size < pair.surely_whole;
}

std::optional<Change::What> difference(const Pair& pair, const InventoryItem& before, const InventoryItem& after) {
  using What = Change::What;
  if (before.kind != after.kind) return What::kind;
  if (before.size != after.size) return What::content;
  if (can_compare_contents(pair, before, after) && before.content != after.content) return What::content;
  if (before.target != after.target) return What::target;
  if (before.mode != after.mode) return What::mode;
  if (before.uid != after.uid || before.gid != after.gid) return What::owner;
  if (pair.is_key_same && before.xattrs != after.xattrs) return What::xattrs;
  return std::nullopt;
}

std::string compression_of(const Inventory& inventory) {
  return name_of(oci::Compression{.codec = inventory.codec, .level = inventory.level});
}

}  // namespace

void write_inventory(const std::vector<Entry>& entries, const WriteOptions& options, const Written& written,
                     const Sink& sink) {
  SummedSink summed(sink);
  RecordWriter out;
  Gmac gmac(written.index.key);
  out.text(written.index.byte_format);
  out.number(static_cast<std::uint64_t>(written.index.codec));
  out.number(static_cast<std::uint64_t>(written.index.level));
  out.number(static_cast<std::uint64_t>(options.mtime));
  out.fixed(written.index.key);
  out.number(entries.size());
  sink(as_bytes(inventory_magic));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    add(out, entries[i], written.starts.at(i), written.contents.at(i), gmac);
    summed.write_if_full(out);
  }
  summed.write(out);
  summed.finish();
}

std::optional<Inventory> inventory(std::string_view bytes) {
  constexpr std::size_t least_item = 8 * 8 + 2 * 16;  // with no path and no target
  const auto body = summed_body(bytes, inventory_magic);
  if (!body) return std::nullopt;
  RecordReader in(*body);
  Inventory out;
  out.byte_format = in.text();
  out.codec = static_cast<oci::Codec>(in.number());
  out.level = static_cast<int>(in.number());
  out.mtime = static_cast<std::int64_t>(in.number());
  out.key = in.fixed<16>();
  const std::size_t count = in.count(least_item);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) out.items.push_back(item(in));
  if (in.failed() || !in.ended()) return std::nullopt;
  return out;
}

std::string_view name_of(Change::What what) {
  switch (what) {
    case Change::What::added: return "added";
    case Change::What::removed: return "removed";
    case Change::What::kind: return "kind";
    case Change::What::content: return "content";
    case Change::What::target: return "target";
    case Change::What::mode: return "mode";
    case Change::What::owner: return "owner";
    case Change::What::xattrs: break;
  }
  return "xattrs";
}

std::vector<Change> changes(const Inventory& before, const Inventory& after) {
  const Pair pair{.before = before, .after = after};
  std::map<std::string_view, const InventoryItem*> old;
  for (const auto& item : before.items) old.emplace(item.path, &item);
  std::vector<Change> out;
  for (const auto& item : after.items) {
    const auto found = old.find(item.path);
    if (found == old.end()) {
      out.push_back({item.path, Change::What::added});
      continue;
    }
    if (const auto what = difference(pair, *found->second, item)) out.push_back({item.path, *what});
    old.erase(found);
  }
  for (const auto& [path, item] : old) out.push_back({std::string(path), Change::What::removed});
  return out;
}

std::vector<std::string> wholesale_changes(const Inventory& before, const Inventory& after) {
  std::vector<std::string> out;
  const auto compare = [&](std::string_view what, const std::string& was, const std::string& is) {
    if (was != is) out.push_back(cat(what, " was ", was, " and is ", is));
  };
  compare("the byte format", before.byte_format, after.byte_format);
  compare("compression", compression_of(before), compression_of(after));
  compare("SOURCE_DATE_EPOCH", cat(before.mtime), cat(after.mtime));
  return out;
}

}  // namespace lapstrake::layers
