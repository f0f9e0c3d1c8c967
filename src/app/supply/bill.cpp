#include <lapstrake/app/supply/bill.hpp>

#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/images/manifests.hpp>
#include <lapstrake/app/images/source_image.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/packages/sbom/purl.hpp>
#include <lapstrake/store/archives.hpp>
#include <map>

#include "attached_bill.hpp"
#include "image_parts.hpp"

namespace lapstrake::app {
namespace {

namespace sbom = packages::sbom;

class Billing {
 public:
  Billing(const Context& context, const spec::Project& project, const spec::Image& image, const store::Store& store)
      : context_(context),
        project_(project),
        image_(image),
        store_(store),
        name_(image.repository.empty() ? image.name : image.repository) {}

  // What `root` was built from must be what the spec, the lock and the base are now.
  void expect_unchanged(const oci::Descriptor& root) const {
    const auto used = store::archives_of(store_, {ref_name(image_)});
    for_each_manifest(root, [&](const oci::Platform& platform, const oci::LoadedImage& loaded) {
      const auto& parts = parts_for(platform);
      const auto found = loaded.manifest.annotations.find(std::string(oci::base_digest_annotation));
      const auto base = found == loaded.manifest.annotations.end() ? std::string() : found->second;
      if (base != (parts.base ? parts.base->text() : "")) throw changed("its base has changed");
      for (const auto& archive : parts.archives)
        if (!used.blobs.contains(archive)) throw changed(cat("it does not have the package ", archive.text()));
    });
  }

  std::vector<Bill> bills(const oci::Descriptor& root) const {
    std::vector<Bill> out;
    if (!oci::is_index(root.media_type)) {
      for_each_manifest(root, [&](const auto& platform, const auto& loaded) {
        out.push_back(bill(subject(platform, loaded.manifest_descriptor), loaded.manifest_descriptor));
      });
      return out;
    }
    auto whole = bill({.name = name_, .digest = root.digest, .purl = purl(root.digest, {})}, root);
    for_each_manifest(root, [&](const auto& platform, const auto& loaded) {
      auto variant = subject(platform, loaded.manifest_descriptor);
      whole.document.variants.push_back(variant);
      out.push_back(bill(std::move(variant), loaded.manifest_descriptor));
    });
    out.insert(out.begin(), std::move(whole));
    return out;
  }

 private:
  template <class Act>
  void for_each_manifest(const oci::Descriptor& root, Act&& act) const {
    const auto reader = store_.reader(image_.name, root);
    for (const auto& platform : platforms_of(reader, root)) act(platform, oci::load(reader, platform));
  }

  Error changed(std::string why) const {
    return Error(ErrorKind::input, cat("image `", image_.name, "` in the store is not what the spec and the lock say"),
                 cat("run `lapstrake build ", image_.name, "`"))
        .because(std::move(why));
  }

  sbom::Subject subject(const oci::Platform& platform, const oci::Descriptor& manifest) const {
    return {.name = name_,
            .platform = platform.text(),
            .digest = manifest.digest,
            .purl = purl(manifest.digest, platform.architecture),
            .components = parts_for(platform).components};
  }

  const ImageParts& parts_for(const oci::Platform& platform) const {
    const auto known = parts_.find(platform);
    if (known != parts_.end()) return known->second;
    return parts_.emplace(platform, parts_of(context_, project_, image_, platform, store_)).first->second;
  }

  std::string purl(const oci::Digest& digest, const std::string& architecture) const {
    return sbom::image_purl(name_, {}, digest, architecture).text();
  }

  Bill bill(sbom::Subject subject, const oci::Descriptor& of) const {
    return {.subject = {.media_type = of.media_type, .digest = of.digest, .size = of.size},
            .document = {.image = std::move(subject),
                         .created = oci::rfc3339(context_.build.epoch),
                         .tool_version = LAPSTRAKE_VERSION}};
  }

  const Context& context_;
  const spec::Project& project_;
  const spec::Image& image_;
  const store::Store& store_;
  std::string name_;
  mutable std::map<oci::Platform, ImageParts> parts_;  // reading them takes time
};

std::string text_of_built(const Context& context, const spec::Project& project, const spec::Image& image,
                          BillFormat format) {
  const auto source = open_image(context, &project, image.name);
  const auto store = store::Store::open(context.store_root);
  const auto root = selected_root(context, source.reader);
  const Billing billing(context, project, image, store);
  billing.expect_unchanged(root);
  return render(billing.bills(root).front().document, format);
}

}  // namespace

std::vector<Bill> bills_of(const Context& context, const spec::Project& project, const spec::Image& image,
                           const store::Store& store, const oci::Descriptor& root) {
  return step(cat("listing the contents of image `", image.name, "`"),
              [&] { return Billing(context, project, image, store).bills(root); });
}

std::string bill_text(const Context& context, const spec::Project* project, const std::string& name,
                      std::optional<BillFormat> format) {
  if (const auto* image = image_called(project, name))
    return text_of_built(context, *project, *image, format.value_or(BillFormat::spdx));
  return attached_bill(context, project, name, format);
}

}  // namespace lapstrake::app
