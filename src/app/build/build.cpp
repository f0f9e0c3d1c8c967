#include <lapstrake/app/build/build.hpp>
#include <lapstrake/app/build/build_image.hpp>
#include <lapstrake/app/build/cache_to.hpp>
#include <lapstrake/app/build/prebuilt_image.hpp>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/app/images/remote_layers.hpp>

namespace lapstrake::app {

std::vector<BuiltImage> build(const Context& context, const spec::Project& project,
                              const std::vector<std::string>& names, const std::vector<Output>& outputs,
                              const std::function<void(const BuiltImage&)>& each) {
  forget_built_images(context);  // `build --watch` builds several times in one run
  const auto images = choose_images(project, names);
  check_outputs(images, context, outputs);
  const auto store = store::Store::open(context.store_root);
  require_bases(context, project, images, store);
  std::vector<BuiltImage> built;
  for (const auto* image : images) {
    built.push_back(build_or_load_image(context, project, *image, store));
    if (!outputs.empty())
      RemoteLayers(context, Network(context, project.registries), store, image->name).complete(built.back().root);
    for (const auto& output : outputs) write_output(store, *image, built.back().root, output, context.runtime.stop);
    if (context.cache.to)
      save_to_cache(context, Network(context, project.registries), store, *image, built.back().layers);
    if (each) each(built.back());
  }
  return built;
}

}  // namespace lapstrake::app
