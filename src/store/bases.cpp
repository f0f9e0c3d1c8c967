#include <algorithm>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/walk_image.hpp>
#include <lapstrake/store/bases.hpp>
#include <lapstrake/store/cache_entries.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::store {
namespace {

constexpr std::string_view bases_kind = "bases", trees_kind = "trees", origins_kind = "origins";
constexpr std::size_t most_base_bytes = 64 << 10;

// A line with the digest of the rest, and the rest.
std::optional<std::string_view> checked(std::string_view entry) {
  const auto end = entry.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto text = entry.substr(end + 1);
  return oci::Digest::of(text).hex() == entry.substr(0, end) ? std::optional(text) : std::nullopt;
}

std::optional<oci::Descriptor> base_in(const std::optional<std::string>& entry) try {
  const auto text = entry ? checked(*entry) : std::nullopt;
  if (!text) return std::nullopt;
  return oci::parse_descriptor(parse_json(*text, "a cached base"), "a cached base");
} catch (const Error&) {
  return std::nullopt;
}

std::optional<std::string> text_of(const std::filesystem::path& file) {
  try {
    return read_file(file, most_base_bytes);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The blobs on the paths from a cached base to the manifests that are in use, as far as the store has them.
std::set<oci::Digest> blobs_in_use(const Store& store, const oci::Descriptor& root,
                                   const std::set<oci::Digest>& manifests) {
  std::set<oci::Digest> blobs;
  const auto is_used = [&](const oci::Descriptor& child) { return blobs.contains(child.digest); };
  const auto leave = [&](const oci::WalkedBlob& blob) {
    const bool is_wanted = manifests.contains(blob.descriptor.digest);
    if (is_wanted && blob.manifest) blobs.insert(blob.manifest->config.digest);
    if (is_wanted || (blob.index && std::ranges::any_of(blob.index->manifests, is_used)))
      blobs.insert(blob.descriptor.digest);
  };
  const auto follow = [&](const oci::Descriptor& child, const oci::WalkedBlob& parent) {
    return parent.index && (oci::is_index(child.media_type) || manifests.contains(child.digest));
  };
  oci::walk_image("a base", root, store.reader("a base", root).text,
                  {.leave = leave, .follow = follow, .failed = [](const oci::Descriptor&, const Error&) {}});
  return blobs;
}

// "sha256:.../123": a manifest that states another size of a layer is another chain, and its layers are read.
void add_link(std::string& chain, const oci::Descriptor& layer) {
  chain += cat(chain.empty() ? "" : " ", layer.digest.text(), "/", layer.size);
}

std::string chain_of(const std::vector<oci::Descriptor>& layers) {
  std::string chain;
  for (const auto& layer : layers) add_link(chain, layer);
  return chain += "\n";
}

}  // namespace

std::optional<oci::Descriptor> find_base(const Store& store, const std::string& name) {
  return base_in(find_cache_entry(store, bases_kind, oci::Digest::of(name), most_base_bytes));
}

void keep_base(const Store& store, const std::string& name, const oci::Descriptor& root) {
  if (find_base(store, name) == root) return;
  const auto text = oci::to_json(root).dump();
  keep_cache_entry(store, bases_kind, oci::Digest::of(name), cat(oci::Digest::of(text).hex(), "\n", text));
}

std::optional<std::string> find_tree(const Store& store, const std::vector<oci::Descriptor>& layers) {
  const auto chain = chain_of(layers);
  auto entry = find_cache_entry(store, trees_kind, oci::Digest::of(chain));
  if (!entry || !entry->starts_with(chain)) return std::nullopt;
  entry->erase(0, chain.size());
  return entry;
}

void keep_tree(const Store& store, const std::vector<oci::Descriptor>& layers,
               const std::function<void(const Sink&)>& write) {
  const auto chain = chain_of(layers);
  keep_cache_entry(store, trees_kind, oci::Digest::of(chain), [&](const Sink& sink) {
    sink(as_bytes(chain));
    write(sink);
  });
}

std::optional<oci::RegistryReference> find_origin(const Store& store, const oci::Digest& blob) try {
  const auto entry = find_cache_entry(store, origins_kind, blob, most_base_bytes);
  return entry ? std::optional(oci::parse_registry_reference(*entry)) : std::nullopt;
} catch (const Error&) {
  return std::nullopt;
}

void keep_origin(const Store& store, const oci::Digest& blob, const oci::RegistryReference& where) {
  const oci::RegistryReference plain{.host = where.host, .repository = where.repository};
  if (find_origin(store, blob) != plain) keep_required_entry(store, origins_kind, blob, plain.text());
}

std::set<oci::Digest> blobs_of_bases(const Store& store, const std::set<oci::Digest>& manifests) {
  std::set<oci::Digest> out;
  prune_cache_entries(store.root(), bases_kind, [&](const std::string&, const std::filesystem::path& file) {
    const auto root = base_in(text_of(file));
    const auto blobs = root ? blobs_in_use(store, *root, manifests) : std::set<oci::Digest>();
    out.insert(blobs.begin(), blobs.end());
    return !blobs.empty();
  });
  return out;
}

void prune_bases(const Store& store, const BasesInUse& used) {
  blobs_of_bases(store, used.manifests);
  std::set<std::string> chains;
  for (const auto& chain : used.chains) {
    std::string text;
    for (const auto& layer : chain) {
      add_link(text, layer);
      chains.insert(std::string(oci::Digest::of(text + "\n").hex()));
    }
  }
  prune_cache_entries(store.root(), trees_kind,
                      [&](const std::string& hex, const std::filesystem::path&) { return chains.contains(hex); });
  prune_cache_entries(store.root(), origins_kind, [&](const std::string& hex, const std::filesystem::path&) {
    const auto digest = oci::Digest::parse(cat("sha256:", hex));
    return digest && used.blobs.contains(*digest);
  });
}

}  // namespace lapstrake::store
