// What a project's images are made of, as places to be watched.
#pragma once
#include <filesystem>
#include <lapstrake/app/context.hpp>
#include <lapstrake/spec/project.hpp>
#include <vector>

#include "watched_folders.hpp"

namespace lapstrake::app {

// The sources and bases of `images`. A `.lapstrakeignore` that cannot be read leaves nothing out.
std::vector<Watched> watched_sources(const Context& context, const spec::Project& project,
                                     const std::vector<const spec::Image*>& images);

// The spec `file` (absolute), with what is read along with it: the files that a `project` takes in, what decides
// `${git.commit}`. Without a project, since the file is broken, all that lies beside it.
std::vector<Watched> watched_spec(const std::filesystem::path& file, const spec::Project* project);

}  // namespace lapstrake::app
