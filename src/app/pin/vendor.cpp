#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/images/base_name.hpp>
#include <lapstrake/app/pin/lock.hpp>
#include <lapstrake/app/pin/vendor.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/walk_image.hpp>
#include <map>
#include <mutex>
#include <set>

#include <lapstrake/app/images/references.hpp>
#include <lapstrake/app/images/registry_base.hpp>
#include <lapstrake/app/images/vendor_folder.hpp>
#include <lapstrake/app/packages/layer_packages.hpp>

namespace lapstrake::app {
namespace {

namespace fs = std::filesystem;

// The type of the artifact that holds the archives of packages.
constexpr std::string_view packages_artifact = "application/vnd.lapstrake.packages.v1";

// A base in a registry, with its digest, and what it is wanted for.
struct Wanted {
  oci::RegistryReference reference;
  std::optional<oci::Digest> pin;
  std::string image;  // one that is built on it
  std::set<oci::Platform> platforms{};
};

std::map<std::string, Wanted> wanted_bases(const Context& context, const spec::Project& project) {
  std::map<std::string, Wanted> bases;
  for (const auto& image : project.images) {
    if (context.images.prebuilt.contains(image.name)) continue;
    const auto& platforms = platforms_of(context, image);
    for_each_reference(image, [&](const oci::Reference& reference, const std::optional<oci::Digest>& pin) {
      const auto* remote = std::get_if<oci::RegistryReference>(&reference);
      if (remote == nullptr) return;
      auto& base =
          bases.try_emplace(pinned(*remote, pin).text(), Wanted{.reference = *remote, .pin = pin, .image = image.name})
              .first->second;
      base.platforms.insert(platforms.begin(), platforms.end());
    });
  }
  return bases;
}

// All of a base that is to be in the folder: indexes whole, and of the manifests those for the platforms.
class Contents {
 public:
  Contents(const oci::ImageReader& reader, const std::set<oci::Platform>& platforms) : root_(reader.root()) {
    if (oci::is_index(root_.media_type)) add_indexes(reader);
    for (const auto& platform : platforms) add_image(oci::load(reader, platform));
  }

  const oci::Descriptor& root() const { return root_; }
  const std::map<oci::Digest, std::string>& texts() const { return texts_; }
  const std::map<oci::Digest, oci::Descriptor>& layers() const { return layers_; }

 private:
  void add_indexes(const oci::ImageReader& reader) {
    oci::walk_image(reader.name, root_, reader.text,
                    {.leave = [&](oci::WalkedBlob& blob) { texts_.emplace(blob.descriptor.digest, blob.text); },
                     .follow = [](const oci::Descriptor& child,
                                  const oci::WalkedBlob&) { return oci::is_index(child.media_type); }});
  }

  void add_image(const oci::LoadedImage& image) {
    texts_.emplace(image.manifest_descriptor.digest, image.manifest_text);
    texts_.emplace(image.manifest.config.digest, image.config_text);
    for (const auto& layer : image.manifest.layers) layers_.emplace(layer.digest, layer);
  }

  oci::Descriptor root_;
  std::map<oci::Digest, std::string> texts_;
  std::map<oci::Digest, oci::Descriptor> layers_;
};

class Vendoring {
 public:
  Vendoring(const Context& context, const spec::Project& project, const fs::path& folder)
      : context_(context),
        registries_(project.registries),
        layout_(vendor_layout(folder)),
        store_(store::Store::open(context.store_root)) {}

  // The archives of all packages, as the layers of one artifact. Nothing if the images have no packages.
  std::optional<VendoredBase> add_packages(const spec::Project& project) {
    const PackageRun run(context_, project, store_);
    VendoredBase done{.name = "packages", .digest = oci::Digest::of(std::string_view())};
    std::vector<oci::Descriptor> archives;
    take_packages(run, [&](const packages::LockedFile& file) {
      oci::Descriptor blob{.media_type = "application/octet-stream", .digest = file.digest, .size = file.size};
      const auto read = [&](const Sink& sink) { drain(store_.open_blob(blob), sink, context_.runtime.stop); };
      count(blob.size, !layout_.put(blob, read, context_.runtime.stop), done);
      blob.annotations["org.opencontainers.image.title"] = file.name;
      archives.push_back(std::move(blob));
    });
    if (archives.empty()) return std::nullopt;
    std::ranges::sort(archives, {}, &oci::Descriptor::digest);
    const std::string config = "{}";
    const oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                                 .artifact_type = std::string(packages_artifact),
                                 .config = oci::descriptor_of(config, oci::media_type::empty),
                                 .layers = archives};
    const auto text = oci::render(manifest);
    const auto root = oci::descriptor_of(text, oci::media_type::manifest);
    done.digest = root.digest;
    put(manifest.config.digest, config, done);
    put(root.digest, text, done);
    name(root, done);
    return done;
  }

  VendoredBase add(const Wanted& wanted) {
    const RegistryBase base(context_, registries_, wanted.reference, wanted.pin, store_, wanted.image);
    const auto reader = with_local_texts(base.reader());
    const Contents contents(reader, wanted.platforms);
    VendoredBase done{.name = base_name(wanted.reference), .digest = contents.root().digest};
    add_layers(contents, base, done);
    for (const auto& [digest, text] : contents.texts()) put(digest, text, done);
    name(contents.root(), done);
    return done;
  }

 private:
  // What the folder has and is right is not asked for.
  oci::ImageReader with_local_texts(oci::ImageReader reader) const {
    reader.text = [this, text = std::move(reader.text)](const oci::Descriptor& blob) {
      return layout_.has_intact(blob, context_.runtime.stop) ? layout_.text(blob) : text(blob);
    };
    return reader;
  }

  void add_layers(const Contents& contents, const RegistryBase& base, VendoredBase& done) {
    std::vector<const oci::Descriptor*> layers;
    for (const auto& [digest, layer] : contents.layers())
      if (layer.urls.empty())
        layers.push_back(&layer);
      else
        warn_of_foreign_layers(layer, done.name);
    parallel_for_each(
        layers.size(), most_transfers,
        [&](std::size_t i) {
          const auto& layer = *layers[i];
          const auto read = [&](const Sink& sink) { base.blobs().read(layer, sink); };
          count(layer.size, !layout_.put(layer, read, context_.runtime.stop), done);
        },
        context_.runtime.stop);
  }

  void warn_of_foreign_layers(const oci::Descriptor& layer, const std::string& base) const {
    context_.report.progress({.kind = Event::Kind::warning,
                              .text = cat("skipped foreign ", layer_of_base(layer, base), ", stored at ",
                                          printable(layer.urls.front(), 200))});
  }

  void put(const oci::Digest& digest, const std::string& text, VendoredBase& done) {
    const oci::Descriptor blob{.media_type = {}, .digest = digest, .size = text.size()};
    const auto read = [&](const Sink& sink) { sink(as_bytes(text)); };
    count(text.size(), !layout_.put(blob, read, context_.runtime.stop), done);
  }

  void count(std::uint64_t size, bool present, VendoredBase& done) {
    const std::lock_guard lock(mutex_);
    if (present)
      ++done.blobs_present;
    else
      ++done.blobs_fetched, done.bytes_fetched += size;
  }

  // Last: what index.json names is whole.
  void name(const oci::Descriptor& root, const VendoredBase& base) const {
    oci::Descriptor entry{.media_type = root.media_type, .digest = root.digest, .size = root.size};
    entry.annotations[std::string(oci::ref_name_annotation)] =
        base.name.find('@') == std::string::npos ? cat(base.name, "@", base.digest.text()) : base.name;
    add_to_vendor_folder(layout_, {entry});
  }

  const Context& context_;
  const Registries& registries_;
  store::Layout layout_;
  store::Store store_;
  std::mutex mutex_;
};

}  // namespace

std::vector<VendoredBase> vendor(const Context& given, const spec::Project& project, const fs::path& folder,
                                 const std::function<void(const VendoredBase&)>& each) {
  auto context = given;
  context.bases.vendor_folder.reset();  // it may be this folder, and damaged
  return step(cat("vendoring into `", folder.string(), "`"), [&] {
    require_vendor_folder(vendor_layout(folder), context.store_root);
    if (!context.bases.locked)
      for (const auto& change : lock(context, project))
        context.report.progress(
            {.kind = Event::Kind::note, .text = cat("added to `", lock_file(project).string(), "`: ", change.name)});
    auto locked = project;
    pin_bases(context, locked);
    create_vendor_folder(context, vendor_layout(folder));
    std::vector<VendoredBase> all;
    for (const auto& entry : wanted_bases(context, locked)) {
      const auto& wanted = entry.second;
      all.push_back(
          step(cat("vendoring `", entry.first, "`"), [&] { return Vendoring(context, locked, folder).add(wanted); }));
      if (each) each(all.back());
    }
    if (std::ranges::any_of(locked.images, has_locked_steps))
      if (auto added =
              step("vendoring packages", [&] { return Vendoring(context, locked, folder).add_packages(locked); })) {
        all.push_back(std::move(*added));
        if (each) each(all.back());
      }
    return all;
  });
}

}  // namespace lapstrake::app
