#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/seen_blobs.hpp>

namespace lapstrake::oci {
namespace {

bool is_attestation(const Descriptor& child) {
  return child.platform && child.platform->os == "unknown" && child.platform->architecture == "unknown";
}

bool is_config(std::string_view type) { return type == media_type::config || type == media_type::docker_config; }

class Search {
 public:
  Search(const ImageReader& reader, const Platform& platform)
      : reader_(reader), platform_(platform), seen_(reader.name) {}

  LoadedImage run() {
    const Descriptor root = reader_.root();
    if (auto found = is_index(root.media_type) ? in_index(root, 1) : in_manifest(root)) return std::move(*found);
    std::string help = offered_.empty() ? "" : cat("choose one with `--platform ", offered_.front(), "`");
    throw Error(ErrorKind::input, cat("`", reader_.name, "` has no image for ", platform_.text()), std::move(help))
        .because(offered_.empty() ? "it has no images" : cat("it has ", join(offered_, ", ")));
  }

 private:
  std::string text_of(const Descriptor& descriptor) {
    seen_.charge(descriptor);
    return reader_.text(descriptor);
  }

  std::optional<LoadedImage> in_index(const Descriptor& descriptor, std::uint64_t depth) {
    if (!seen_.add(descriptor.digest, depth)) return std::nullopt;
    const Index index = parse_index(text_of(descriptor), descriptor.media_type,
                                    cat("the index ", descriptor.digest.brief(), " of `", reader_.name, "`"));
    for (const Descriptor& child : index.manifests) {
      if (is_attestation(child)) continue;
      if (auto found = in_child(child, depth)) return found;
    }
    return std::nullopt;
  }

  // The first that matches wins (image-index.md, "manifests").
  std::optional<LoadedImage> in_child(const Descriptor& child, std::uint64_t depth) {
    if (child.platform && !child.platform->matches(platform_)) {
      offer(*child.platform);
      return std::nullopt;
    }
    if (is_index(child.media_type)) return in_index(child, depth + 1);
    if (!is_manifest(child.media_type)) return std::nullopt;
    return in_manifest(child);
  }

  std::optional<LoadedImage> in_manifest(const Descriptor& descriptor) {
    const std::string name = cat("the manifest ", descriptor.digest.brief(), " of `", reader_.name, "`");
    std::string text = text_of(descriptor);
    Manifest manifest = parse_manifest(text, descriptor.media_type, name);
    if (!is_config(manifest.config.media_type)) return refuse_artifact(descriptor, manifest);
    std::string config_text = text_of(manifest.config);
    ImageConfig config = parse_config(config_text, cat("the config of `", reader_.name, "`"));
    if (!fits(descriptor, config)) {
      offer(config.platform);
      return std::nullopt;
    }
    if (config.diff_ids.size() != manifest.layers.size())
      throw Error(ErrorKind::integrity, cat(name, " has ", count_of(manifest.layers.size(), "layer"),
                                            " but its config lists ", config.diff_ids.size()));
    return LoadedImage{.manifest_descriptor = descriptor,
                       .manifest_text = std::move(text),
                       .config_text = std::move(config_text),
                       .manifest = std::move(manifest),
                       .config = std::move(config)};
  }

  // Old configs lack the variant that their index gives; the index was asked then, and has matched.
  bool fits(const Descriptor& descriptor, const ImageConfig& config) const {
    if (descriptor.platform && config.platform.variant.empty())
      return config.platform.os == platform_.os && config.platform.architecture == platform_.architecture;
    return config.platform.matches(platform_);
  }

  // Beside images in an index artifacts are passed over; alone they are what the user named by mistake.
  std::optional<LoadedImage> refuse_artifact(const Descriptor& descriptor, const Manifest& manifest) const {
    if (is_index(reader_.root().media_type)) return std::nullopt;
    throw Error(ErrorKind::input, cat("`", reader_.name, "` is not a container image"))
        .because(cat("the config of ", descriptor.digest.brief(), " has the type `",
                     printable(manifest.config.media_type, 120), "`"));
  }

  void offer(const Platform& platform) {
    if (offered_.size() < limits::platforms && std::ranges::count(offered_, printable(platform.text(), 80)) == 0)
      offered_.push_back(printable(platform.text(), 80));
  }

  const ImageReader& reader_;
  const Platform& platform_;
  SeenBlobs seen_;
  std::vector<std::string> offered_;
};

}  // namespace

LoadedImage load(const ImageReader& reader, const Platform& platform) { return Search(reader, platform).run(); }

}  // namespace lapstrake::oci
