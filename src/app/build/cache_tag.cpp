#include "cache_tag.hpp"

#include <lapstrake/app/choose.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {

oci::RegistryReference with_cache_tag(oci::RegistryReference where, const spec::Image& image,
                                      const oci::Platform& platform) {
  if (where.tag.empty())
    where.tag = cat("lapstrake-cache-", oci::Digest::of(cat(ref_name(image), " ", platform.text())).brief());
  return where;
}

std::vector<CacheEntry> read_cache(const registry::Repository& repository, const oci::Descriptor& found,
                                   const oci::RegistryReference& where) {
  const auto what = cat("`", where.text(), "`");
  if (found.size > most_cache_text)
    throw Error(ErrorKind::integrity, cat(what, " is not a layer cache: its size is ", human_size(found.size),
                                          ", the limit ", human_size(most_cache_text)));
  const auto manifest = repository.get_manifest(found.digest.text());
  return parse_cache(manifest.text, manifest.descriptor.media_type, what);
}

std::string one_line(const Error& error) {
  auto text = error.line();
  if (!error.help().empty()) text += cat(" (", error.help(), ")");
  return text;
}

}  // namespace lapstrake::app
