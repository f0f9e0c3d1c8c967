// Fills in `${platform.arch}` and similar variables of a recipe.
#pragma once
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/spec/placeholders.hpp>

namespace lapstrake::app {

inline oci::LayerRecipe for_platform(oci::LayerRecipe recipe, const oci::Platform& platform) {
  for (auto& copy : recipe.copies) copy.from = spec::fill_platform(copy.from, platform);
  for (auto& archive : recipe.archives) archive.from = spec::fill_platform(archive.from, platform);
  for (auto& fetch : recipe.fetches) fetch.url = spec::fill_platform(fetch.url, platform);
  if (recipe.deb)
    for (auto& request : recipe.deb->install) request = spec::fill_platform(request, platform);
  return recipe;
}

}  // namespace lapstrake::app
