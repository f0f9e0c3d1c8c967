#include "attached_bill.hpp"

#include <algorithm>
#include <lapstrake/app/images/source_image.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/registry/referrers.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::app {
namespace {

std::string text_of(const registry::Repository& repository, const oci::Descriptor& attachment, BillFormat format) {
  const auto found = repository.get_manifest(attachment.digest.text());
  const auto what = cat("the attached SBOM ", attachment.digest.text());
  const auto manifest = oci::parse_manifest(found.text, found.descriptor.media_type, what);
  for (const auto& layer : manifest.layers) {
    if (layer.media_type != media_type_of(format)) continue;
    if (layer.size > limits::json_bytes)
      throw Error(ErrorKind::integrity, cat(what, " is larger than ", human_size(limits::json_bytes)),
                  "download it with a tool for registries, such as oras");
    std::string text;
    repository.get_blob(layer, [&](Bytes bytes) { text += as_text(bytes); });
    parse_json(text, what);
    return text;
  }
  throw Error(ErrorKind::integrity, cat(what, " has no file of the type ", media_type_of(format)));
}

// Of several, for example of two versions of lapstrake. RFC 3339 in UTC sorts as text.
const oci::Descriptor& newest(const std::vector<oci::Descriptor>& found) {
  return *std::ranges::max_element(found, {}, [](const oci::Descriptor& one) {
    const auto created = one.annotations.find(std::string(oci::created_annotation));
    return created == one.annotations.end() ? std::string() : created->second;
  });
}

std::vector<BillFormat> wanted(std::optional<BillFormat> format) {
  if (format) return {*format};
  return {bill_formats.begin(), bill_formats.end()};
}

}  // namespace

std::string attached_bill(const Context& context, const spec::Project* project, const std::string& reference,
                          std::optional<BillFormat> format) {
  const auto source = open_image(context, project, reference);
  if (source.repository == nullptr)
    throw Error(ErrorKind::usage,
                cat("`", printable(reference, 400), "` is neither an image of the spec nor in a registry"),
                "name an image of the spec, or one in a registry as HOST/REPOSITORY:TAG");
  return step(cat("reading the SBOM of `", source.reader.name, "`"), [&] {
    const auto digest = selected_root(context, source.reader).digest;
    for (const auto one : wanted(format)) {
      const auto found = registry::list_referrers(*source.repository, digest, std::string(media_type_of(one)));
      if (!found.empty()) return text_of(*source.repository, newest(found), one);
    }
    throw Error(
        ErrorKind::input, cat("`", source.reader.name, "` has no attached SBOM"),
        "if it is an index, choose a manifest with `--platform`; `lapstrake inspect --referrers` lists attachments")
        .because(cat("no referrer of ", digest.text(), " has the type ", media_type_of(wanted(format).front())));
  });
}

}  // namespace lapstrake::app
