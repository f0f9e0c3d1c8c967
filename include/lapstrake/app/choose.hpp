// Images, tasks and services of a spec by the names that users give.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/spec/project.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// The named images (all if no name is given), in the order of the spec. Error{usage} for an unknown name, with the
// closest name.
std::vector<const spec::Image*> choose_images(const spec::Project& project, const std::vector<std::string>& names);

// The image of the spec, if there is one with this name.
const spec::Image* image_called(const spec::Project* project, const std::string& name);

// The named tasks (all if no name is given), in the order of the spec. Error{usage} for an unknown name.
std::vector<const spec::Task*> choose_tasks(const spec::Project& project, const std::vector<std::string>& names);

// The named services (all if no name is given), in the order of the spec. Error{usage} for an unknown name.
std::vector<const spec::Service*> choose_services(const spec::Project& project, const std::vector<std::string>& names);

// The platforms to build the image for: those of the command line, else its own.
const std::vector<oci::Platform>& platforms_of(const Context& context, const spec::Image& image);

// The name of the image's ref in the store. It includes the repository, so that equal names in two projects differ.
std::string ref_name(const spec::Image& image);

}  // namespace lapstrake::app
