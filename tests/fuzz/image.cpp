// Manifests, indexes and configs from elsewhere: what is read is written as something that is read as the same, and no
// text is two things (CVE-2021-41190).
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::oci;

namespace {

void hold_form(const Descriptor& descriptor) {
  hold(descriptor.size <= std::uint64_t{INT64_MAX}, "a size fits into 63 bits");
}

// Whether it can be read at all.
template <class Parse>
bool hold_stable(std::string_view input, const Parse& parse) {
  const auto value = attempt(ErrorKind::integrity, [&] { return parse(input); });
  if (!value) return false;
  const auto written = render(*value);
  const auto again = attempt(ErrorKind::integrity, [&] { return parse(written); });
  hold(again && render(*again) == written, "what was written is read, and written again as it is");
  return true;
}

bool is_manifest_text(std::string_view input, std::string_view type) {
  return hold_stable(input, [&](std::string_view text) {
    const auto manifest = parse_manifest(text, type, "the manifest");
    hold(manifest.media_type == type, "a manifest is of the type that was asked for");
    hold_form(manifest.config);
    for (const auto& layer : manifest.layers) hold_form(layer);
    return manifest;
  });
}

bool is_index_text(std::string_view input, std::string_view type) {
  return hold_stable(input, [&](std::string_view text) {
    const auto index = parse_index(text, type, "the index");
    hold(index.media_type == type, "an index is of the type that was asked for");
    for (const auto& child : index.manifests) hold_form(child);
    return index;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  const int manifests =
      is_manifest_text(input, media_type::manifest) + is_manifest_text(input, media_type::docker_manifest);
  const int indexes = is_index_text(input, media_type::index) + is_index_text(input, media_type::docker_index);
  hold(manifests == 0 || indexes == 0, "no text is a manifest and an index");
  hold_stable(input, [](std::string_view text) { return parse_config(text, "the config"); });
  return 0;
}
