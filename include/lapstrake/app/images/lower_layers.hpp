// The content of files in the layers below a layer that is being assembled.
#pragma once
#include <functional>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/layers/assemble_options.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/lower_files.hpp>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace lapstrake::app {

// The layers of a base, which a BaseFiles numbers from 1.
class ImageLayers {
 public:
  ImageLayers() = default;
  explicit ImageLayers(const BaseImage& base);
  ImageLayers(oci::ImageReader reader, std::vector<oci::Descriptor> layers);

  std::size_t size() const { return layers_.size(); }
  const oci::Descriptor& operator[](std::size_t index) const { return layers_[index]; }
  // Files that layer `index`, counted from 0, wrote: one pass, or two with hard links.
  void read(std::size_t index, const layers::BaseFiles& tree, const std::set<std::string>& paths,
            const layers::EachFile& each, const std::stop_token& stop) const;

 private:
  oci::ImageReader reader_;
  std::vector<oci::Descriptor> layers_;
};

// Paths of files, by the number of the layer that wrote them.
std::map<std::uint32_t, std::set<std::string>> by_layer(const layers::BaseFiles& tree,
                                                        const std::set<std::string>& paths);

// The whole content of small files (layers::ReadBelow). `planned` gives the entries of the layers above the base:
// number 0 is the first of them.
std::map<std::string, layers::LowerFile> read_below(
    const layers::BaseFiles& tree, const ImageLayers& base,
    const std::function<const std::vector<layers::Entry>&(std::size_t)>& planned, const std::set<std::string>& paths,
    const std::stop_token& stop);

}  // namespace lapstrake::app
