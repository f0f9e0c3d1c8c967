// `from:` steps: files and folders of other images as entries of a layer.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/layers/accounts.hpp>
#include <lapstrake/layers/other_steps.hpp>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>

namespace lapstrake::app {

// Adds what `from` copies into `image` to `out`. An image of the spec must have been built in this run (Run::built).
// The contents are decompressed into unnamed files of the store's scratch folder. Error{input} with the nearest name
// when the path is missing.
void add_from_image(const Context& context, const spec::Project& project, const spec::Image& image,
                    const oci::Platform& platform, const oci::FromImage& from, const store::Store& store,
                    const layers::AccountTable& accounts, layers::OtherSteps& out);

}  // namespace lapstrake::app
