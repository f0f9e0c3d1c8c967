#include <lapstrake/base/text.hpp>
#include <lapstrake/store/archives.hpp>
#include <lapstrake/store/cache_entries.hpp>

namespace lapstrake::store {
namespace {

constexpr std::string_view of_refs = "archives", blob_line = "blob ", unpacked_line = "unpacked ";

void add_line(std::string_view line, ArchivesInUse& archives) {
  const auto add = [&](std::string_view prefix, std::set<oci::Digest>& to) {
    if (!line.starts_with(prefix)) return;
    if (const auto digest = oci::Digest::parse(line.substr(prefix.size()))) to.insert(*digest);
  };
  add(blob_line, archives.blobs);
  add(unpacked_line, archives.unpacked);
}

}  // namespace

void keep_archives_of(const Store& store, const std::string& ref, const ArchivesInUse& archives) {
  std::string text;
  for (const auto& digest : archives.blobs) text += cat(blob_line, digest.text(), "\n");
  for (const auto& digest : archives.unpacked) text += cat(unpacked_line, digest.text(), "\n");
  keep_cache_entry(store, of_refs, oci::Digest::of(ref), text);
}

ArchivesInUse archives_of(const Store& store, const std::set<std::string>& refs) {
  ArchivesInUse out;
  for (const auto& ref : refs) {
    const auto text = find_cache_entry(store, of_refs, oci::Digest::of(ref));
    if (!text) continue;
    for (const auto& line : split(*text, '\n')) add_line(line, out);
  }
  return out;
}

void prune_archives(const std::filesystem::path& root, const std::set<std::string>& refs, const ArchivesInUse& used) {
  const auto digest_of = [](const std::string& hex) { return oci::Digest::parse(cat("sha256:", hex)); };
  prune_cache_entries(root, unpacked_kind, [&](const std::string& hex, const auto&) {
    const auto digest = digest_of(hex);
    return digest && used.unpacked.contains(*digest);
  });
  std::set<std::string> kept;
  for (const auto& ref : refs) kept.emplace(oci::Digest::of(ref).hex());
  prune_cache_entries(root, of_refs, [&](const std::string& hex, const auto&) { return kept.contains(hex); });
}

}  // namespace lapstrake::store
