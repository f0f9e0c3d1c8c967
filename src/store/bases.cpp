#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/bases.hpp>
#include <lapstrake/store/notes.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::store {
namespace {

constexpr std::string_view bases_kind = "bases", trees_kind = "trees";
constexpr std::size_t most_entry_bytes = 64 << 10;

// A line with the digest of the rest, and the rest.
std::optional<std::string_view> checked(std::string_view note) {
  const auto end = note.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto text = note.substr(end + 1);
  return oci::Digest::of(text).hex() == note.substr(0, end) ? std::optional(text) : std::nullopt;
}

// "sha256:... sha256:...\n"
std::string chain_of(const std::vector<oci::Descriptor>& layers) {
  std::string chain;
  for (const auto& layer : layers) chain += cat(chain.empty() ? "" : " ", layer.digest.text());
  return chain += "\n";
}

}  // namespace

std::optional<oci::Descriptor> find_base(const Store& store, const std::string& name) try {
  const auto note = find_note(store, bases_kind, oci::Digest::of(name), most_entry_bytes);
  const auto text = note ? checked(*note) : std::nullopt;
  if (!text) return std::nullopt;
  return oci::parse_descriptor(parse_json(*text, "a remembered base"), "a remembered base");
} catch (const Error&) {
  return std::nullopt;
}

void keep_base(const Store& store, const std::string& name, const oci::Descriptor& root) {
  if (find_base(store, name) == root) return;
  const auto text = oci::to_json(root).dump();
  keep_note(store, bases_kind, oci::Digest::of(name), cat(oci::Digest::of(text).hex(), "\n", text));
}

std::optional<std::string> find_tree(const Store& store, const std::vector<oci::Descriptor>& layers) {
  const auto chain = chain_of(layers);
  auto note = find_note(store, trees_kind, oci::Digest::of(chain));
  if (!note || !note->starts_with(chain)) return std::nullopt;
  return note->substr(chain.size());
}

void keep_tree(const Store& store, const std::vector<oci::Descriptor>& layers, std::string_view tree) {
  const auto chain = chain_of(layers);
  keep_note(store, trees_kind, oci::Digest::of(chain), [&](const Sink& sink) {
    sink(as_bytes(chain));
    sink(as_bytes(tree));
  });
}

}  // namespace lapstrake::store
