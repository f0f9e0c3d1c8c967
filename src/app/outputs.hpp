// Writes images to layouts and archives (`-o`).
#pragma once
#include <lapstrake/app/build.hpp>

namespace lapstrake::app {

void check_outputs(const std::vector<const spec::Image*>& images, const Context& context,
                   const std::vector<Output>& outputs);
void write_output(const store::Store& store, const spec::Image& image, const oci::Descriptor& root,
                  const Output& output, const std::stop_token& stop);

}  // namespace lapstrake::app
