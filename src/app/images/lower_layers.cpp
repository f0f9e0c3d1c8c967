#include <lapstrake/app/images/lower_layers.hpp>

#include <lapstrake/app/images/base_name.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {

ImageLayers::ImageLayers(const BaseImage& base) : ImageLayers(base.reader, base.image.manifest.layers) {}

ImageLayers::ImageLayers(oci::ImageReader reader, std::vector<oci::Descriptor> layers)
    : reader_(std::move(reader)), layers_(std::move(layers)) {}

void ImageLayers::read(std::size_t index, const layers::BaseFiles& tree, const std::set<std::string>& paths,
                       const layers::EachFile& each, const std::stop_token& stop) const {
  const auto& layer = layers_[index];
  layers::read_files(
      tree, [&] { return reader_.open(layer); }, layer_of_base(layer, reader_.name), paths, each, stop);
}

std::map<std::uint32_t, std::set<std::string>> by_layer(const layers::BaseFiles& tree,
                                                        const std::set<std::string>& paths) {
  std::map<std::uint32_t, std::set<std::string>> out;
  for (const auto& path : paths)
    if (const auto* node = tree.find(path)) out[node->layer].insert(path);
  return out;
}

std::map<std::string, layers::LowerFile> read_below(
    const layers::BaseFiles& tree, const ImageLayers& base,
    const std::function<const std::vector<layers::Entry>&(std::size_t)>& planned, const std::set<std::string>& paths,
    const std::stop_token& stop) {
  std::map<std::string, layers::LowerFile> out;
  const layers::EachFile keep = [&](const std::set<std::string>& names, const layers::Entry& file,
                                    const Source& content) {
    const auto what = cat("`/", printable(*names.begin(), 4096), "`");
    if (file.size > limits::edited_bytes)
      throw Error(ErrorKind::input, cat(what, " is larger than ", human_size(limits::edited_bytes)),
                  "`edit` changes small files; copy the changed file from the project instead");
    const auto text = read_all(content, limits::edited_bytes, what);
    for (const auto& name : names) out[name] = {.text = text, .xattrs = *file.xattrs};
  };
  for (const auto& [number, names] : by_layer(tree, paths))
    if (number <= base.size())
      base.read(number - 1, tree, names, keep, stop);
    else
      layers::read_files(planned(number - 1 - base.size()), names, keep);
  return out;
}

}  // namespace lapstrake::app
