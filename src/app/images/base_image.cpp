#include <lapstrake/app/images/base_image.hpp>

#include <algorithm>
#include <lapstrake/app/images/base_name.hpp>
#include <lapstrake/app/images/offline.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/bases.hpp>
#include <lapstrake/store/image_files.hpp>

#include <lapstrake/app/images/references.hpp>
#include <lapstrake/app/images/registry_base.hpp>

namespace lapstrake::app {
namespace {

// Docker's and OCI's layer types name the same bytes (image-spec media-types.md); an image must not mix the families.
std::string oci_layer_type(const std::string& media_type) {
  if (media_type == oci::media_type::docker_layer) return std::string(oci::media_type::layer);
  if (media_type == oci::media_type::docker_layer_gzip) return std::string(oci::media_type::layer_gzip);
  return media_type;
}

using Layers = std::vector<oci::Descriptor>;

layers::BaseFiles read_files(const oci::ImageReader& reader, const Layers& layers, const std::stop_token& stop) {
  layers::BaseFiles files;
  for (const auto& layer : layers) files.add_layer(reader.open(layer), layer_of_base(layer, reader.name), stop);
  return files;
}

// What a build before remembered of the layers, or what `read` finds, for the next one.
layers::BaseFiles remembered_or(const Context& context, const Layers& layers, const store::Store& store,
                                const std::function<layers::BaseFiles()>& read) {
  const auto note = context.build.no_cache ? std::nullopt : store::find_tree(store, layers);
  if (auto files = note ? layers::BaseFiles::from_bytes(*note) : std::nullopt) return std::move(*files);
  auto files = read();
  store::keep_tree(store, layers, [&](const Sink& sink) { files.write(sink); });
  return files;
}

// Without layers and accounts nothing is laid on the base, and nothing asks what it holds.
bool needs_files(const spec::Image& image) {
  return !image.layers.empty() || !image.accounts.users.empty() || !image.accounts.groups.empty();
}

Layers with_oci_types(Layers layers) {
  for (auto& layer : layers) {
    layer.media_type = oci_layer_type(layer.media_type);
    layer.annotations.clear();
  }
  return layers;
}

// Checks the digest if the lock pins one.
oci::ImageReader open_disk_base(const Context& context, const spec::Project& project, const spec::Image& image,
                                const std::filesystem::path& scratch) {
  const auto reader = store::open_image(std::get<oci::DiskReference>(*image.base), scratch, context.runtime.stop);
  if (!image.base_pin) return reader;
  const auto digest = reader.root().digest;
  const auto name = lock_name(project.folder, *image.base).value_or("");
  if (digest == *image.base_pin) return reader;
  throw Error(ErrorKind::integrity, cat("the base `", name, "` does not match `", lock_file_name, "`"),
              cat("restore the locked base, or run `lapstrake lock --update ", name, "` to accept the new one"))
      .because(cat("its digest is ", digest.text(), ", but the lock pins ", image.base_pin->text()));
}

BaseImage from_disk(const Context& context, const spec::Project& project, const spec::Image& image,
                    const oci::Platform& platform, const store::Store& store) {
  const auto reader = open_disk_base(context, project, image, store.scratch());
  BaseImage base{.image = oci::load(reader, platform), .layers = {}, .files = {}, .reader = reader};
  const auto& layers = base.image.manifest.layers;
  for (const auto& layer : layers) store.take(reader, layer, context.runtime.stop);
  base.layers = with_oci_types(layers);
  if (needs_files(image))
    base.files =
        remembered_or(context, layers, store, [&] { return read_files(reader, layers, context.runtime.stop); });
  return base;
}

BaseImage from_registry(const Context& context, const spec::Project& project, const spec::Image& image,
                        const oci::RegistryReference& reference, const oci::Platform& platform,
                        const store::Store& store) {
  const RegistryBase remote(context, project.registries, reference, image.base_pin, store, image.name);
  BaseImage base{.image = oci::load(remote.reader(), platform),
                 .layers = {},
                 .files = {},
                 .reader = remote.reader(),
                 .name = base_name(reference)};
  const auto& layers = base.image.manifest.layers;
  base.layers = with_oci_types(layers);
  // Whatever the store has of another size is damaged, or the manifest states a wrong one: reading it tells.
  for (const auto& layer : layers)
    if (store.has(layer.digest) && !store.has(layer)) remote.blobs().take(layer);
  remote.keep_origins(layers);
  if (needs_files(image)) base.files = remembered_or(context, layers, store, [&] { return remote.files(layers); });
  return base;
}

bool is_whole(const store::Store& store, const oci::LoadedImage& image) {
  return std::ranges::all_of(image.manifest.layers, [&](const auto& layer) { return store.has(layer); });
}

// Of another platform than what was built before the manifest is missing, which is no mistake of the spec.
std::optional<layers::BaseFiles> remembered_files(const Context& context, const oci::RegistryReference& reference,
                                                  const oci::Platform& platform) {
  std::error_code ignored;
  if (!std::filesystem::exists(context.store_root / "index.json", ignored)) return std::nullopt;
  const auto store = store::Store::open(context.store_root);
  const auto reader = remembered_base(reference, store);
  if (!reader) return std::nullopt;
  std::optional<oci::LoadedImage> image;
  bool missing = false;
  auto noting = *reader;
  noting.text = [&](const oci::Descriptor& blob) {
    missing = missing || !store.has(blob);
    return reader->text(blob);
  };
  try {
    image = oci::load(noting, platform);
  } catch (const Error&) {
    if (!missing) throw;
    return std::nullopt;
  }
  const auto& layers = image->manifest.layers;
  const auto note = store::find_tree(store, layers);
  if (auto files = note ? layers::BaseFiles::from_bytes(*note) : std::nullopt) return files;
  if (!is_whole(store, *image)) return std::nullopt;
  return read_files(*reader, layers, context.runtime.stop);
}

std::optional<layers::BaseFiles> vendored_files(const Context& context, const oci::RegistryReference& reference,
                                                const oci::Platform& platform) {
  const auto folder = open_vendor_folder(context);
  const auto root = folder && reference.digest ? folder->find(*reference.digest) : std::nullopt;
  if (!root) return std::nullopt;
  const auto reader = folder->reader(reference.text(), *root);
  try {
    return read_files(reader, oci::load(reader, platform).manifest.layers, context.runtime.stop);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    return std::nullopt;  // another platform was brought
  }
}

}  // namespace

std::optional<BaseImage> load_base(const Context& context, const spec::Project& project, const spec::Image& image,
                                   const oci::Platform& platform, const store::Store& store) {
  if (!image.base) return std::nullopt;
  return step(cat("reading the base `", oci::text(*image.base), "`"), [&] {
    if (const auto* remote = std::get_if<oci::RegistryReference>(&*image.base))
      return std::optional(from_registry(context, project, image, *remote, platform, store));
    return std::optional(from_disk(context, project, image, platform, store));
  });
}

std::optional<layers::BaseFiles> known_base_files(const Context& context, const spec::Project& project,
                                                  const spec::Image& image, const oci::Platform& platform) {
  if (!image.base) return layers::BaseFiles();
  return step(cat("reading the base `", oci::text(*image.base), "`"), [&]() -> std::optional<layers::BaseFiles> {
    if (const auto* remote = std::get_if<oci::RegistryReference>(&*image.base)) {
      const auto reference = pinned(*remote, image.base_pin);
      if (auto files = remembered_files(context, reference, platform)) return files;
      return vendored_files(context, reference, platform);
    }
    const auto reader = open_disk_base(context, project, image, scratch(context));
    return read_files(reader, oci::load(reader, platform).manifest.layers, context.runtime.stop);
  });
}

void require_bases(const Context& context, const spec::Project& project, const std::vector<const spec::Image*>& images,
                   const store::Store& store) {
  if (!context.connection.offline) return;
  std::set<std::string> missing;
  for (const auto* image : images) {
    if (context.images.prebuilt.contains(image->name)) continue;
    for_each_reference(*image, [&](const oci::Reference& reference, const std::optional<oci::Digest>& pin) {
      const auto* remote = std::get_if<oci::RegistryReference>(&reference);
      if (remote == nullptr) return;
      const RegistryBase base(context, project.registries, *remote, pin, store, image->name);
      if (!base.is_available_offline()) missing.insert(cat("`", pinned(*remote, pin).text(), "`"));
    });
  }
  if (!missing.empty())
    throw not_available_offline(context, cat(missing.size() == 1 ? "the base " : "each of the bases ",
                                             join({missing.begin(), missing.end()}, ", ")));
}

}  // namespace lapstrake::app
