#include "image_parts.hpp"

#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/app/images/base_name.hpp>
#include <lapstrake/app/packages/installed_packages.hpp>
#include <lapstrake/app/packages/layer_packages.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/spec/placeholders.hpp>
#include <map>

#include "base_packages.hpp"
#include "distribution.hpp"
#include "package_components.hpp"

namespace lapstrake::app {
namespace {

namespace sbom = packages::sbom;
using sbom::Component;

// The name of an image without its tag, and its purl; an image on disk has none.
Component image_component(const oci::Reference& reference, const std::filesystem::path& folder,
                          const oci::LoadedImage& image, Component::Relation relation) {
  const auto& digest = image.manifest_descriptor.digest;
  Component out{
      .kind = Component::Kind::image, .name = {}, .version = digest.text(), .relation = relation, .digest = digest};
  if (const auto* remote = std::get_if<oci::RegistryReference>(&reference)) {
    out.name = cat(remote->host, "/", remote->repository);
    out.purl = sbom::image_purl(out.name, remote->tag, digest, image.config.platform.architecture).text();
  } else {
    out.name = lock_name(folder, reference).value_or(oci::text(reference));
  }
  return out;
}

class Collecting {
 public:
  Collecting(const Context& context, const spec::Project& project, const spec::Image& image,
             const oci::Platform& platform, const store::Store& store)
      : context_(context), project_(project), image_(image), platform_(platform), store_(store) {}

  ImageParts run() {
    add_base();
    add_packages();
    add_system();
    for (const auto& layer : image_.layers) {
      for (const auto& fetch : layer.fetches) add_fetched(fetch);
      for (const auto& from : layer.from_images) add_source_image(from);
    }
    return std::move(out_);
  }

 private:
  void add_base() {
    const auto base = load_base(context_, project_, image_, platform_, store_);
    if (!base) return;
    auto component = image_component(*image_.base, project_.folder, base->image, Component::Relation::base);
    const auto why = cat("in the base ", base->name.empty() ? component.name : base->name);
    out_.base = base->image.manifest_descriptor.digest;
    out_.components.push_back(std::move(component));
    distribution_ = distribution_of(base->files);
    for (auto& package : system_packages_of(base->files)) system_.push_back({.listed = std::move(package), .why = why});
    for (auto& package : python_packages_of(base->files)) {
      package.why = why;
      out_.components.push_back(std::move(package));
    }
  }

  void add_packages() {
    const PackageRun run(context_, project_, store_);
    for_each_package(run, image_, platform_, [&](const InstalledPackage& package) {
      out_.archives.insert(package.file.digest);
      if (package.kind != InstalledPackage::Kind::deb) {
        out_.components.push_back(component_of(package));
        return;
      }
      system_.push_back({.listed = listed_deb(package), .why = package.file.why, .file = package.file});
      if (!distribution_) distribution_ = distribution_in(package);
    });
  }

  // Packages of the distribution: their purls need its name.
  void add_system() {
    for (const auto& one : system_) {
      const bool is_deb = one.listed.kind == Component::Kind::deb;
      const sbom::Distribution unknown{.id = is_deb ? "debian" : "alpine", .version = {}};
      auto component = component_of(one.listed, distribution_.value_or(unknown));
      component.why = one.why;
      if (one.file) add_archive(*one.file, component);
      out_.components.push_back(std::move(component));
    }
    if (distribution_)
      out_.components.push_back(
          {.kind = Component::Kind::system, .name = distribution_->id, .version = distribution_->version});
  }

  void add_fetched(oci::Fetch fetch) {
    fetch.url = spec::fill_platform(fetch.url, platform_);
    const auto digest = digest_of(fetch, platform_, context_.run->packages);
    out_.archives.insert(digest);
    const auto url = public_url(fetch.url);
    auto name = percent_decode(lapstrake::name_of(url));
    if (name.empty()) name = "file";
    out_.components.push_back({.kind = Component::Kind::file,
                               .name = name,
                               .purl = sbom::file_purl(name, url, digest).text(),
                               .digest = digest,
                               .url = url,
                               .why = cat("fetched to ", fetch.to)});
  }

  void add_source_image(const oci::FromImage& from) {
    const auto given = context_.images.prebuilt.find(from.image);
    const bool is_given = !from.reference && given != context_.images.prebuilt.end();
    const auto reference = is_given ? std::optional(given->second) : from.reference;
    auto component = reference ? other_image(*reference, from.pin) : image_of_spec(from.image);
    component.why = cat(from.path, " is copied to ", from.to);
    out_.components.push_back(std::move(component));
  }

  // As a base without layers above it: its files are not listed.
  Component other_image(const oci::Reference& reference, const std::optional<oci::Digest>& pin) const {
    spec::Image user;
    user.name = image_.name;
    user.base = reference;
    user.base_pin = pin;
    const auto loaded = load_base(context_, project_, user, platform_, store_).value();
    return image_component(reference, project_.folder, loaded.image, Component::Relation::files_from);
  }

  Component image_of_spec(const std::string& name) const {
    for (const auto& image : project_.images) {
      if (image.name != name) continue;
      const auto root = store_.ref(ref_name(image));
      if (!root) break;
      const auto loaded = oci::load(store_.reader(name, *root), platform_);
      const auto& digest = loaded.manifest_descriptor.digest;
      const auto& full_name = image.repository.empty() ? name : image.repository;
      return {.kind = Component::Kind::image,
              .name = full_name,
              .version = digest.text(),
              .purl = sbom::image_purl(full_name, {}, digest, platform_.architecture).text(),
              .relation = Component::Relation::files_from,
              .digest = digest};
    }
    throw Error(ErrorKind::input, cat("image `", name, "` has not been built"),
                cat("run `lapstrake build ", name, "`"));
  }

  struct SystemPackage {
    ListedPackage listed;
    std::string why;
    std::optional<packages::LockedFile> file = {};
  };

  const Context& context_;
  const spec::Project& project_;
  const spec::Image& image_;
  const oci::Platform& platform_;
  const store::Store& store_;
  ImageParts out_{.components = {}};
  std::optional<sbom::Distribution> distribution_;
  std::vector<SystemPackage> system_;
};

}  // namespace

ImageParts parts_of(const Context& context, const spec::Project& project, const spec::Image& image,
                    const oci::Platform& platform, const store::Store& store) {
  return Collecting(context, project, image, platform, store).run();
}

}  // namespace lapstrake::app
