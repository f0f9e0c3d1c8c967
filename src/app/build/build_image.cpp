#include <algorithm>
#include <lapstrake/app/build/build_image.hpp>
#include <lapstrake/app/build/explain.hpp>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/assemble.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <memory>
#include <mutex>
#include <set>

#include <lapstrake/app/build/recipe_for.hpp>
#include <lapstrake/app/build/registry_cache.hpp>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/app/images/lower_layers.hpp>
#include <lapstrake/app/images/remote_layers.hpp>
#include <lapstrake/app/packages/downloads.hpp>
#include <lapstrake/app/packages/layer_packages.hpp>
#include "explain_image.hpp"
#include "fetch_step.hpp"
#include "from_step.hpp"
#include "image_config.hpp"
#include "layer_build.hpp"

namespace lapstrake::app {
namespace {

using Time = std::chrono::system_clock::time_point;

// A layer with all decided, before its bytes are made.
struct PlannedLayer {
  std::string name;
  std::vector<layers::Entry> entries;
  Time listed_at;  // when the listing of `entries` began
};

// Nothing without `--cache-from`, and for those who believe nothing that was noted before.
std::unique_ptr<RegistryCache> cache_for(const Context& context, const spec::Project& project, const spec::Image& image,
                                         const oci::Platform& platform) {
  if (context.cache.from.empty() || context.build.no_cache) return nullptr;
  return std::make_unique<RegistryCache>(context, Network(context, project.registries), image, platform);
}

class Builder {
 public:
  Builder(const Context& context, const spec::Project& project, const spec::Image& image, const oci::Platform& platform,
          const store::Store& store)
      : context_(context), project_(project), image_(image), platform_(platform), store_(store) {}

  oci::Descriptor run() {
    auto base = load_base(context_, project_, image_, platform_, store_);
    parts_ = initial_parts(context_, image_, platform_, base);
    if (base) {
      below_ = std::move(base->files);
      base_layers_ = ImageLayers(*base);
    }
    if (has_packages(image_)) {
      packages_.emplace(context_, project_, store_);
      base_files_ = below_;
      base_env_ = base ? base->image.config.env : std::vector<std::string>();
    }
    if (auto entries = layers::AccountTable(image_.accounts, below_).entries(below_); !entries.empty()) {
      below_.add_layer(entries);
      planned_.push_back({.name = "accounts", .entries = std::move(entries), .listed_at = {}});
    }
    for (const auto& recipe : image_.layers)
      building(recipe.name, [&] {
        const auto listed_at = context_.runtime.clock();
        planned_.push_back({.name = recipe.name, .entries = assemble(recipe), .listed_at = listed_at});
        if (&recipe != &image_.layers.back()) below_.add_layer(planned_.back().entries);  // for those that come upon it
      });
    build_layers();
    return finish();
  }

  // Against the last build: before the image's name is given to what was built now.
  ImageChange explain(const oci::Descriptor& built) const {
    return explain_image(store_, ref_name(image_), platform_, built, own_layers_);
  }

  // Archives that the image was built from.
  store::ArchivesInUse archives() const {
    auto out = packages_ ? packages_->archives.used() : store::ArchivesInUse();
    for (const auto& layer : image_.layers)
      for (const auto& fetch : for_platform(layer, platform_).fetches)
        out.blobs.insert(digest_of(fetch, platform_, context_.run->packages));
    return out;
  }

  PlatformLayers layers() const { return {.platform = platform_, .layers = built_}; }

 private:
  std::vector<layers::Entry> assemble(const oci::LayerRecipe& recipe) {
    const auto for_this = for_platform(recipe, platform_);
    auto packages = packages_of(for_this);
    const layers::AccountTable accounts(image_.accounts, below_, packages);
    auto others = other_steps(for_this, accounts, std::move(packages));
    return layers::assemble(
        for_this, below_, accounts,
        {.root = project_.folder,
         .allow_outside = context_.build.allow_outside,
         .own_files = own_files(),
         .scratch = store_.scratch(),
         .stop = context_.runtime.stop,
         .jobs = context_.jobs,
         .notify =
             [this](const std::string& text) {
               context_.report.progress({.kind = Event::Kind::note, .image = image_.name, .text = text});
             },
         .read_below = [this](const std::set<std::string>& paths) { return read_edited(paths); }},
        std::move(others));
  }

  // Files of the base must be those of the lock.
  std::map<std::string, layers::LowerFile> read_edited(const std::set<std::string>& paths) const {
    auto files = read_below(
        below_, base_layers_, [this](std::size_t i) -> const auto& { return planned_[i].entries; }, paths,
        context_.runtime.stop);
    for (const auto& [path, file] : files)
      if (below_.find(path)->layer <= base_layers_.size())
        expect_unchanged(context_, name_of_edited(image_.name, platform_, path), file.text);
    return files;
  }

  // The results of steps that need more than the project's files.
  layers::OtherSteps other_steps(const oci::LayerRecipe& recipe, const layers::AccountTable& accounts,
                                 std::vector<layers::Entry> packages) const {
    layers::OtherSteps out{.entries = {}, .archives = {}, .packages = std::move(packages)};
    for (const auto& from : recipe.from_images)
      add_from_image(context_, project_, image_, platform_, from, store_, accounts, out);
    if (recipe.fetches.empty()) return out;
    const Downloads downloads(context_, Network(context_, project_.registries), store_);
    for (const auto& fetch : recipe.fetches) {
      const auto digest = digest_of(fetch, platform_, context_.run->packages);
      add_fetch(fetch, digest, downloads, accounts, image_.name, out);
    }
    return out;
  }

  std::vector<layers::Entry> packages_of(const oci::LayerRecipe& recipe) {
    if (!packages_) return {};
    return package_entries(*packages_, recipe,
                           {.image = image_.name, .platform = platform_, .base = base_files_, .env = base_env_}, below_,
                           image_.accounts, base_files_);
  }

  template <class Act>
  void building(const std::string& layer, Act&& act) const {
    step(cat("building layer `", layer, "` of image `", image_.name, "`"), act);
  }

  // One layer keeps few threads busy, since its hash is a chain: with more, several layers are built at once.
  void build_layers() {
    constexpr unsigned threads_of_one = 4, most_at_once = 2;  // each has its share of the memory
    const auto at_once = std::clamp(context_.jobs / threads_of_one, 1u, most_at_once);
    Context context = context_;
    context.jobs = std::max(1u, context_.jobs / at_once);
    std::stop_source failed;  // one layer's failure stops the others
    const std::stop_callback forward(context_.runtime.stop, [&] { failed.request_stop(); });
    context.runtime.stop = failed.get_token();
    const auto cache = cache_for(context, project_, image_, platform_);
    std::vector<std::optional<store::CachedLayer>> built(planned_.size());
    std::mutex mutex;
    std::exception_ptr first;
    const auto build_one = [&](std::size_t i) {
      try {
        building(planned_[i].name,
                 [&] { built[i] = build_layer(context, store_, job_for(planned_[i], at_once, cache.get())); });
        planned_[i].entries = {};
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first) first = std::current_exception();
        failed.request_stop();
      }
    };
    parallel_for_each(planned_.size(), at_once, build_one, context_.runtime.stop);
    if (first) std::rethrow_exception(first);
    for (std::size_t i = 0; i < built.size(); ++i) add(planned_[i].name, *built[i]);
  }

  LayerJob job_for(const PlannedLayer& planned, unsigned at_once, RegistryCache* cache) const {
    return {.id = {.image = ref_name(image_), .platform = platform_.text(), .layer = planned.name},
            .image = image_.name,
            .entries = planned.entries,
            .compression = image_.compression,
            .listed_at = planned.listed_at,
            .memory = layers::most_memory / at_once,
            .cache = cache};
  }

  void add(const std::string& name, const store::CachedLayer& built) {
    own_layers_.push_back({.name = name, .blob = built.blob.digest});
    built_.push_back(built);
    parts_.layers.push_back(built.blob);
    parts_.config.diff_ids.push_back(built.diff_id);
    parts_.config.history.push_back(
        {.created = oci::rfc3339(context_.build.epoch), .created_by = cat(history_of_layer, name)});
  }

  // moby's layer store refuses deeper ones: "max depth exceeded".
  void warn_of_depth() const {
    if (parts_.layers.size() <= limits::docker_layers) return;
    context_.report.progress(
        {.kind = Event::Kind::warning,
         .image = image_.name,
         .text = cat("the image has ", parts_.layers.size(), " layers including its base; Docker supports at most ",
                     limits::docker_layers)});
  }

  oci::Descriptor finish() {
    warn_of_depth();
    // With what a base brings an image may be beyond the limits; nobody could read it again.
    const auto config_text = oci::render(parts_.config);
    oci::parse_config(config_text, cat("the config of image `", image_.name, "`"));
    const auto config = store_.put(config_text, oci::media_type::config);
    const oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                                 .artifact_type = {},
                                 .config = config,
                                 .layers = parts_.layers,
                                 .subject = {},
                                 .annotations = parts_.annotations};
    const auto text = oci::render(manifest);
    oci::parse_manifest(text, manifest.media_type, cat("the manifest of image `", image_.name, "`"));
    auto descriptor = store_.put(text, oci::media_type::manifest);
    descriptor.platform = parts_.config.platform;
    return descriptor;
  }

  const Context& context_;
  const spec::Project& project_;
  const spec::Image& image_;
  const oci::Platform& platform_;
  const store::Store& store_;
  std::optional<PackageRun> packages_;  // of an image with packages
  // With the image's own layers, and with only their Debian packages: the latter for packages only.
  layers::BaseFiles below_, base_files_;
  std::vector<std::string> base_env_;
  ImageLayers base_layers_;
  std::vector<PlannedLayer> planned_;
  ManifestParts parts_;
  std::vector<NamedLayer> own_layers_;
  std::vector<store::CachedLayer> built_;
};

std::shared_ptr<const BuiltImage> find_built(const Context& context, const std::string& name) {
  const std::lock_guard lock(context.run->mutex);
  const auto found = context.run->built.find(name);
  return found == context.run->built.end() ? nullptr : found->second;
}

// Images of the spec that `from:` names; the spec has no cycles of them.
void build_needed_images(const Context& context, const spec::Project& project, const spec::Image& image,
                         const store::Store& store) {
  std::set<std::string> names;
  for (const auto& layer : image.layers)
    for (const auto& from : layer.from_images)
      if (!from.reference && !context.images.prebuilt.contains(from.image)) names.insert(from.image);
  for (const auto& needed : project.images)
    if (names.contains(needed.name)) build_image(context, project, needed, store);
}

}  // namespace

BuiltImage build_image(const Context& context, const spec::Project& project, const spec::Image& image,
                       const store::Store& store) {
  if (const auto built = find_built(context, image.name)) return *built;
  build_needed_images(context, project, image, store);
  return step(cat("building image `", image.name, "`"), [&] {
    BuiltImage built{
        .name = image.name, .root = {.media_type = {}, .digest = oci::Digest::of(std::string_view())}, .manifests = {}};
    store::ArchivesInUse archives;
    for (const auto& platform : platforms_of(context, image)) {
      Builder builder(context, project, image, platform, store);
      built.manifests.push_back(builder.run());
      built.layers.push_back(builder.layers());
      if (context.build.explain) built.changes.push_back(builder.explain(built.manifests.back()));
      archives.add(builder.archives());
    }
    if (built.manifests.size() == 1) {
      built.root = built.manifests.front();
    } else {
      const oci::Index index{.media_type = std::string(oci::media_type::index),
                             .manifests = built.manifests,
                             .annotations = image.annotations};
      built.root = store.put(oci::render(index), oci::media_type::index);
    }
    if (context.build.explain) set_last_build(store, ref_name(image), built);
    if (!context.build.dry_run) {
      store.set_ref(ref_name(image), built.root);
      if (!archives.empty()) store::keep_archives_of(store, ref_name(image), archives);
    }
    const std::lock_guard lock(context.run->mutex);
    context.run->built.insert_or_assign(image.name, std::make_shared<const BuiltImage>(built));
    return built;
  });
}

void forget_built_images(const Context& context) {
  const std::lock_guard lock(context.run->mutex);
  context.run->built.clear();
}

}  // namespace lapstrake::app
