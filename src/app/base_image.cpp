#include "base_image.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/exchange.hpp>

namespace lapstrake::app {
namespace {

// Docker's and OCI's layer types name the same bytes (image-spec media-types.md); an image must not mix the families.
std::string oci_layer_type(const std::string& media_type) {
  if (media_type == oci::media_type::docker_layer) return std::string(oci::media_type::layer);
  if (media_type == oci::media_type::docker_layer_gzip) return std::string(oci::media_type::layer_gzip);
  return media_type;
}

layers::BaseFiles read_files(const oci::Place& place, const oci::LoadedImage& image, const std::stop_token& stop) {
  layers::BaseFiles files;
  for (const auto& layer : image.manifest.layers)
    files.add_layer(place.open(layer), cat("layer ", layer.digest.text(), " of the base `", place.name, "`"), stop);
  return files;
}

}  // namespace

std::filesystem::path scratch(const Context& context) {
  std::error_code failure;
  if (const auto tmp = context.store_root / "tmp"; std::filesystem::is_directory(tmp, failure)) return tmp;
  const auto temporary = std::filesystem::temp_directory_path(failure);
  return failure ? std::filesystem::path("/tmp") : temporary;
}

oci::Place base_place(const spec::Image& image, const std::filesystem::path& scratch, const std::stop_token& stop) {
  if (const auto* remote = std::get_if<oci::RegistryReference>(&*image.base))
    throw Error(Fault::usage,
                cat("image `", image.name, "` has the base `", remote->text(), "`, which lies in a registry"),
                "copy it to disk first, e.g. `skopeo copy docker://" + remote->text() +
                    " oci:base:v1`, and write `base: oci:base:v1`; bases from registries come with a later release");
  return store::open_image(std::get<oci::DiskReference>(*image.base), scratch, stop);
}

std::optional<BaseImage> load_base(const Context& context, const spec::Image& image, const oci::Platform& platform,
                                   const store::Store& store) {
  if (!image.base) return std::nullopt;
  return step(cat("reading the base `", oci::text(*image.base), "`"), [&] {
    const auto place = base_place(image, store.scratch(), context.world.stop);
    BaseImage base{.image = oci::load(place, platform), .layers = {}, .files = {}};
    for (auto layer : base.image.manifest.layers) {
      store.take(place, layer, context.world.stop);
      layer.media_type = oci_layer_type(layer.media_type);
      layer.annotations.clear();
      base.layers.push_back(std::move(layer));
    }
    base.files = read_files(place, base.image, context.world.stop);
    return std::optional(std::move(base));
  });
}

layers::BaseFiles base_files(const Context& context, const spec::Image& image, const oci::Platform& platform) {
  if (!image.base) return {};
  return step(cat("reading the base `", oci::text(*image.base), "`"), [&] {
    const auto place = base_place(image, scratch(context), context.world.stop);
    return read_files(place, oci::load(place, platform), context.world.stop);
  });
}

}  // namespace lapstrake::app
