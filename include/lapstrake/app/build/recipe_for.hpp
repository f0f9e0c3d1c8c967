// The recipe of a layer for one platform.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/spec/placeholders.hpp>

namespace lapstrake::app {

// Error{usage} for a step that this release cannot build. Remove each line with the code that builds its steps.
inline void refuse_unbuilt_steps(const oci::LayerRecipe& recipe) {
  const auto refuse = [&](const auto& steps, std::string_view key) {
    if (!steps.empty())
      throw Error(ErrorKind::usage, cat("`", key, ":` is not implemented yet"),
                  cat("remove it from the layer `", recipe.name, "`"));
  };
  refuse(recipe.fetches, "fetch");
  refuse(recipe.from_images, "from");
  refuse(recipe.edits, "edit");
}

// Fills in `${platform.arch}` and similar variables.
inline oci::LayerRecipe for_platform(oci::LayerRecipe recipe, const oci::Platform& platform) {
  refuse_unbuilt_steps(recipe);
  for (auto& copy : recipe.copies) copy.from = spec::fill_platform(copy.from, platform);
  for (auto& archive : recipe.archives) archive.from = spec::fill_platform(archive.from, platform);
  for (auto& fetch : recipe.fetches) fetch.url = spec::fill_platform(fetch.url, platform);
  return recipe;
}

}  // namespace lapstrake::app
