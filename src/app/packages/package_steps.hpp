// The package steps of images, each with the files of the layers below it.
#pragma once
#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/app/packages/deb_step.hpp>
#include <lapstrake/app/packages/npm_step.hpp>
#include <lapstrake/app/packages/pip_step.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/placeholders.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

inline std::string shown_step(const oci::Deb& step) { return cat("deb (", step.where.text(), ")"); }
inline std::string shown_step(const oci::Fetch& fetch) {
  return cat("fetch `", redacted(http::parse_url(fetch.url)), "` (", fetch.where.text(), ")");
}
inline std::string shown_step(const oci::Npm& step) { return cat("npm `", step.lock, "` (", step.where.text(), ")"); }
inline std::string shown_step(const oci::Pip& step) { return cat("pip `", step.lock, "` (", step.where.text(), ")"); }

inline const packages::LockedInstall& locked_entry(const PackageRun& run, const DebStep& step, const StepFacts&) {
  return locked_install(run, step);
}

inline bool installs_packages(const oci::LayerRecipe& layer) {
  return layer.deb.has_value() || !layer.pips.empty() || !layer.npms.empty();
}
inline bool installs_packages(const spec::Image& image) {
  return std::ranges::any_of(image.layers, [](const auto& layer) { return installs_packages(layer); });
}

// Whether a step after the `deb:` of the layer has to know its files.
inline bool is_followed_by_packages(const spec::Image& image, const oci::LayerRecipe& layer) {
  return !layer.pips.empty() || !layer.npms.empty() ||
         std::any_of(image.layers.begin() + (&layer - image.layers.data()) + 1, image.layers.end(),
                     [](const auto& later) { return installs_packages(later); });
}

inline oci::Deb for_platform(oci::Deb deb, const oci::Platform& platform) {
  for (auto& request : deb.install) request = spec::fill_platform(request, platform);
  return deb;
}

// Calls act(step, facts) for each step of the image; it returns the step's entry. Later steps see the files of Debian
// packages.
template <class Act>
void for_each_step_of(const PackageRun& run, const spec::Image& image, const oci::Platform& platform, Act&& act) {
  auto base = load_base(run.context, run.project, image, platform, run.archives.store());
  auto files = base ? std::move(base->files) : layers::BaseFiles();
  const StepFacts facts{.image = image.name,
                        .platform = platform,
                        .base = files,
                        .env = base ? base->image.config.env : std::vector<std::string>()};
  for (const auto& layer : image.layers) {
    if (layer.deb)
      lapstrake::step(shown_step(*layer.deb), [&] {
        const auto filled = for_platform(*layer.deb, platform);
        const DebStep deb{.deb = filled, .layer = layer.name, .facts = facts};
        const packages::LockedInstall& install = act(deb, facts);
        if (is_followed_by_packages(image, layer)) files.add_layer(deb_entries(run, deb, install, files));
      });
    for (const auto& pip : layer.pips) lapstrake::step(shown_step(pip), [&] { act(pip, facts); });
    for (const auto& npm : layer.npms) lapstrake::step(shown_step(npm), [&] { act(npm, facts); });
  }
}

// The same for each image and platform that is to be built.
template <class Act>
void for_each_step(const PackageRun& run, Act&& act) {
  for (const auto& image : run.project.images) {
    if (!installs_packages(image) || run.context.images.prebuilt.contains(image.name)) continue;
    for (const auto& platform : platforms_of(run.context, image)) for_each_step_of(run, image, platform, act);
  }
}

}  // namespace lapstrake::app
