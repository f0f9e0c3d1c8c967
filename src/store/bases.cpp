#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/seen_blobs.hpp>
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
struct Reachability {
  Reachability(const Store& its_store, const std::set<oci::Digest>& its_wanted)
      : store(its_store), wanted(its_wanted) {}

  bool reaches(const oci::Descriptor& blob, std::uint64_t depth = 0) {
    bool is_wanted = wanted.contains(blob.digest);
    try {
      if (!seen.add(blob.digest, depth)) return blobs.contains(blob.digest);
      if (!store.has(blob)) return false;
      if (oci::is_index(blob.media_type) || is_wanted) seen.charge(blob);
      const auto reader = store.reader("a base", blob);
      if (is_wanted && oci::is_manifest(blob.media_type))
        blobs.insert(oci::parse_manifest(reader.text(blob), blob.media_type, "a base").config.digest);
      if (oci::is_index(blob.media_type))
        for (const auto& child : oci::parse_index(reader.text(blob), blob.media_type, "a base").manifests)
          is_wanted = reaches(child, depth + 1) || is_wanted;
    } catch (const Error&) {
      return false;
    }
    if (is_wanted) blobs.insert(blob.digest);
    return is_wanted;
  }

  const Store& store;
  const std::set<oci::Digest>& wanted;
  oci::SeenBlobs seen{"a base"};
  std::set<oci::Digest> blobs{};
};

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
    Reachability reachability(store, manifests);
    const auto root = base_in(text_of(file));
    const bool is_used = root && reachability.reaches(*root);
    if (is_used) out.insert(reachability.blobs.begin(), reachability.blobs.end());
    return is_used;
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
