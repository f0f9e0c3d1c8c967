// Lists the sources of a project that must be watched.
#pragma once
#include <filesystem>
#include <lapstrake/app/context.hpp>
#include <lapstrake/spec/project.hpp>
#include <vector>

#include "watched_folders.hpp"

namespace lapstrake::app {

// The sources and bases of `images`. A `.lapstrakeignore` that cannot be read ignores nothing.
std::vector<Watched> watched_sources(const Context& context, const spec::Project& project,
                                     const std::vector<const spec::Image*>& images);

// The spec `file` (absolute) and everything read with it: the files that `project` includes, and the files that
// determine
// `${git.commit}`. Without a project, because the spec is broken, everything beside it.
std::vector<Watched> watched_spec(const std::filesystem::path& file, const spec::Project* project);

}  // namespace lapstrake::app
