// `edit:` steps: files of the layers below with changed text.
#pragma once
#include <lapstrake/layers/assemble_options.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <vector>

#include "candidate.hpp"

namespace lapstrake::layers {

// Appends one entry for each edited file, with the owner, mode and extended attributes that it has below; several edits
// of one file are made in their order. Links to the file are followed. Error{input} for a path that is missing or not a
// file, Error{usage} when the number of occurrences of the text differs from `times`, or the result is too large.
void add_edits(const std::vector<oci::Edit>& edits, const BaseFiles& below, const AssembleOptions& options,
               Candidates& out);

}  // namespace lapstrake::layers
