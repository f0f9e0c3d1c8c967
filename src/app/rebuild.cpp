// `verify --rebuild`: whether an image comes from this spec.
#include <lapstrake/app/build.hpp>
#include <lapstrake/app/verify.hpp>
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
              cat("cannot tell which image of `", project.file.string(), "` `", name, "` comes from: it has ",
                  project.images.size(), ", and none is in that repository"),
              "set the image's `repository:` to where it lies");
}

}  // namespace

std::string prove_rebuild(const Context& context, const spec::Project& project, const Verification& verified) {
  const auto& image = image_of(project, verified.reference);
  return step(cat("building image `", image.name, "` again"), [&] {
    auto anew = context;
    anew.no_cache = anew.is_trial = true;
    const auto built = build_image(anew, project, image, store::Store::open(context.store_root));
    if (built.root.digest == verified.root.digest) return image.name;
    throw Error(ErrorKind::integrity, cat("`", verified.reference, "` is not what this spec builds"),
                cat("`lapstrake build ", image.name, "`, then `lapstrake diff ", verified.reference, " ", image.name,
                    "` shows what differs"))
        .because(cat("it is ", verified.root.digest.text(), ", and image `", image.name, "` builds to ",
                     built.root.digest.text()));
  });
}

}  // namespace lapstrake::app
