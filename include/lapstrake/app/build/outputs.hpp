// Writes images to layouts and archives (`-o`).
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <vector>

namespace lapstrake::app {

// `-o TYPE:PATH[:TAG]`.
struct Output {
  oci::DiskReference where;
};

void check_outputs(const std::vector<const spec::Image*>& images, const Context& context,
                   const std::vector<Output>& outputs);
void write_output(const store::Store& store, const spec::Image& image, const oci::Descriptor& root,
                  const Output& output, const std::stop_token& stop);

}  // namespace lapstrake::app
