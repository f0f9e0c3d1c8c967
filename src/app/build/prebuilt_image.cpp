// `--image NAME=REFERENCE`: uses an existing image instead of building NAME.
#include <lapstrake/app/build/build_image.hpp>
#include <lapstrake/app/build/prebuilt_image.hpp>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/archives.hpp>
#include <lapstrake/store/image_files.hpp>

#include <lapstrake/app/images/manifests.hpp>
#include "explain_image.hpp"

namespace lapstrake::app {
namespace {

void copy_into(const store::Store& store, const oci::ImageReader& reader, const oci::Descriptor& root,
               const std::stop_token& stop) {
  for (const auto& manifest : manifests_of(reader, root)) {
    for (const auto& blob : manifest.blobs) store.take(reader, blob, stop);
    store.put(manifest.text, manifest.descriptor.media_type);
  }
}

BuiltImage load_prebuilt(const Context& context, const spec::Image& image, const oci::DiskReference& reference,
                         const store::Store& store) {
  return step(cat("reading `", reference.text(), "` instead of building image `", image.name, "`"), [&] {
    const auto reader = store::open_image(reference, store.scratch(), context.runtime.stop);
    BuiltImage taken{.name = image.name, .root = reader.root(), .manifests = {}};
    copy_into(store, reader, taken.root, context.runtime.stop);
    for (const auto& platform : platforms_of(reader, taken.root)) {
      taken.manifests.push_back(oci::load(reader, platform).manifest_descriptor);
      taken.manifests.back().platform = platform;
    }
    if (context.build.explain) set_last_build(store, ref_name(image), taken);
    if (context.build.dry_run) return taken;
    store.set_ref(ref_name(image), taken.root);
    if (!store::archives_of(store, {ref_name(image)}).empty()) store::keep_archives_of(store, ref_name(image), {});
    return taken;
  });
}

}  // namespace

BuiltImage build_or_load_image(const Context& context, const spec::Project& project, const spec::Image& image,
                               const store::Store& store) {
  const auto given = context.images.prebuilt.find(image.name);
  if (given == context.images.prebuilt.end()) return build_image(context, project, image, store);
  if (const auto* disk = std::get_if<oci::DiskReference>(&given->second))
    return load_prebuilt(context, image, *disk, store);
  throw Error(ErrorKind::usage,
              cat("`--image ", image.name, "=", oci::text(given->second),
                  "` names an image in a registry: there is nothing to build"),
              cat("remove `", image.name, "` from this command; `lapstrake push` and `lapstrake register` accept it"));
}

}  // namespace lapstrake::app
