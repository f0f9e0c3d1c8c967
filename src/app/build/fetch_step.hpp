// `fetch:` steps: downloads as entries of a layer.
#pragma once
#include <lapstrake/app/packages/downloads.hpp>
#include <lapstrake/layers/accounts.hpp>
#include <lapstrake/layers/other_steps.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <string>

namespace lapstrake::app {

// Downloads the file with this digest, unless the store has it, and adds it to `out`. The variables of the platform
// are expanded already. `image`: for progress events.
void add_fetch(const oci::Fetch& fetch, const oci::Digest& digest, const Downloads& downloads,
               const layers::AccountTable& accounts, const std::string& image, layers::OtherSteps& out);

}  // namespace lapstrake::app
