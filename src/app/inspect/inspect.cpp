#include <lapstrake/app/inspect/inspect.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/layers/tree_budget.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/referrers.hpp>

#include <lapstrake/app/images/manifests.hpp>
#include <lapstrake/app/images/source_image.hpp>
#include "largest.hpp"

namespace lapstrake::app {
namespace {

InspectedImage inspected_image(const oci::LoadedImage& loaded) {
  InspectedImage image{.manifest = loaded.manifest_descriptor,
                       .annotations = loaded.manifest.annotations,
                       .config = loaded.config,
                       .config_text = loaded.config_text,
                       .layers = {}};
  std::vector<std::string> made_by;
  for (const auto& entry : loaded.config.history)
    if (!entry.empty_layer) made_by.push_back(entry.created_by);
  for (std::size_t i = 0; i < loaded.manifest.layers.size(); ++i)
    image.layers.push_back({.descriptor = loaded.manifest.layers[i],
                            .diff_id = loaded.config.diff_ids[i],
                            .created_by = i < made_by.size() ? made_by[i] : std::string()});
  return image;
}

char type_of(const layers::TarEntry& entry) {
  switch (entry.kind) {
    case layers::Kind::directory: return 'd';
    case layers::Kind::symlink: return 'l';
    case layers::Kind::hardlink: return 'h';
    case layers::Kind::file: break;
  }
  return entry.special ? 's' : '-';
}

void list_files(const oci::ImageReader& reader, InspectedImage& image, layers::TreeBudget& budget,
                const std::stop_token& stop) {
  for (auto& layer : image.layers)
    layers::read_tar(budget.metered(reader.open(layer.descriptor)), cat("layer ", layer.descriptor.digest.text()),
                     [&](const layers::TarEntry& entry, const Source&) {
                       // Once here, and once or twice in the report of cli.
                       budget.keep(entry.path,
                                   2 * sizeof(InspectedFile) + 2 * entry.path.size() + entry.target->size());
                       layer.files.push_back({.path = entry.path,
                                              .type = type_of(entry),
                                              .mode = entry.mode,
                                              .uid = entry.uid,
                                              .gid = entry.gid,
                                              .size = entry.size,
                                              .target = *entry.target});
                     },
                     {.stop = stop});
}

std::vector<oci::Descriptor> referrers_of(const SourceImage& source, const oci::Digest& digest) {
  if (source.repository == nullptr)
    throw Error(ErrorKind::usage,
                cat("`--referrers` needs an image in a registry, and `", source.reader.name, "` is not in one"),
                "name the image as HOST/REPOSITORY:TAG");
  return registry::list_referrers(*source.repository, digest);
}

}  // namespace

Inspection inspect(const Context& context, const spec::Project* project, const std::string& name,
                   const InspectOptions& options) {
  return step(cat("inspecting `", name, "`"), [&] {
    const auto source = open_image(context, project, name);
    const auto& reader = source.reader;
    Inspection inspection{.name = name, .root = reader.root(), .images = {}};
    layers::TreeBudget budget;
    auto platforms = context.images.platforms;
    if (platforms.empty()) platforms = platforms_of(reader, inspection.root);
    for (const auto& platform : platforms) {
      inspection.images.push_back(inspected_image(oci::load(reader, platform)));
      if (options.files) list_files(reader, inspection.images.back(), budget, context.runtime.stop);
      inspection.images.back().largest = largest(inspection.images.back().layers);
    }
    if (options.referrers) inspection.referrers = referrers_of(source, inspection.root.digest);
    return inspection;
  });
}

}  // namespace lapstrake::app
