// `verify --rebuild`: checks that an image was built from this spec.
#include <lapstrake/app/build/build_image.hpp>
#include <lapstrake/app/inspect/verify.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/reference.hpp>

namespace lapstrake::app {
namespace {

bool lies_in(const std::string& repository, const oci::Reference& reference) {
  const auto* remote = std::get_if<oci::RegistryReference>(&reference);
  if (remote == nullptr || repository.empty()) return false;
  const auto own = oci::parse_registry_reference(repository);
  return own.host == remote->host && own.repository == remote->repository;
}

const spec::Image& image_of(const spec::Project& project, const std::string& name) {
  for (const auto& image : project.images)
    if (image.name == name) return image;
  const auto reference = oci::parse_reference(name);
  for (const auto& image : project.images)
    if (lies_in(image.repository, reference)) return image;
  if (project.images.size() == 1) return project.images.front();
  throw Error(ErrorKind::usage,
              cat("cannot match `", name, "` to an image of `", project.file.string(), "`: none of its ",
                  project.images.size(), " images has this repository"),
              "set the `repository:` of the image to its registry and name");
}

}  // namespace

std::string prove_rebuild(const Context& context, const spec::Project& project, const Verification& verified) {
  const auto& image = image_of(project, verified.reference);
  return step(cat("rebuilding image `", image.name, "`"), [&] {
    auto uncached = context;
    uncached.build.no_cache = uncached.build.dry_run = true;
    forget_built_images(uncached);
    const auto built = build_image(uncached, project, image, store::Store::open(context.store_root));
    if (built.root.digest == verified.root.digest) return image.name;
    throw Error(ErrorKind::integrity, cat("`", verified.reference, "` differs from the image that this spec builds"),
                cat("run `lapstrake build ", image.name, "`, then `lapstrake diff ", verified.reference, " ",
                    image.name, "` to see the differences"))
        .because(cat("its digest is ", verified.root.digest.text(), ", but image `", image.name, "` builds to ",
                     built.root.digest.text()));
  });
}

}  // namespace lapstrake::app
