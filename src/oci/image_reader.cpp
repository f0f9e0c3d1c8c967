#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/walk_image.hpp>

namespace lapstrake::oci {
namespace {

class Search {
 public:
  Search(const ImageReader& reader, const Platform& platform) : reader_(reader), platform_(platform) {}

  LoadedImage run() {
    const Descriptor root = reader_.root();
    walk_image(reader_.name, root, reader_.text,
               {.leave = [&](WalkedBlob& blob) { take(blob, is_index(root.media_type)); },
                .follow = [&](const Descriptor& child, const WalkedBlob& parent) { return follow(child, parent); }});
    if (found_) return std::move(*found_);
    std::string help = offered_.empty() ? "" : cat("choose one with `--platform ", offered_.front(), "`");
    throw Error(ErrorKind::input, cat("`", reader_.name, "` has no image for ", platform_.text()), std::move(help))
        .because(offered_.empty() ? "it has no images" : cat("it has ", join(offered_, ", ")));
  }

 private:
  // The first that matches wins (image-index.md, "manifests").
  bool follow(const Descriptor& child, const WalkedBlob& parent) {
    if (found_ || !parent.index || is_attestation(child)) return false;
    if (!child.platform || child.platform->matches(platform_))
      return is_index(child.media_type) || is_manifest(child.media_type);
    offer(*child.platform);
    return false;
  }

  void take(WalkedBlob& blob, bool in_index) {
    if (!blob.manifest) return;
    const Descriptor& config = blob.manifest->config;
    if (!is_config(config.media_type)) {
      // Beside images in an index, artifacts are skipped; alone they are what the user named by mistake.
      if (!in_index) refuse_artifact(blob);
      return;
    }
    std::string config_text = blob.read(config);
    ImageConfig parsed = parse_config(config_text, cat("the config of `", reader_.name, "`"));
    if (!fits(blob.descriptor, parsed)) return offer(parsed.platform);
    if (parsed.diff_ids.size() != blob.manifest->layers.size())
      throw Error(ErrorKind::integrity, cat("the manifest ", blob.descriptor.digest.brief(), " of `", reader_.name,
                                            "` has ", count_of(blob.manifest->layers.size(), "layer"),
                                            " but its config lists ", parsed.diff_ids.size()));
    found_ = LoadedImage{.manifest_descriptor = blob.descriptor,
                         .manifest_text = std::move(blob.text),
                         .config_text = std::move(config_text),
                         .manifest = std::move(*blob.manifest),
                         .config = std::move(parsed)};
  }

  // Old configs lack the variant that their index gives; the index was asked then, and has matched.
  bool fits(const Descriptor& descriptor, const ImageConfig& config) const {
    if (descriptor.platform && config.platform.variant.empty())
      return config.platform.os == platform_.os && config.platform.architecture == platform_.architecture;
    return config.platform.matches(platform_);
  }

  [[noreturn]] void refuse_artifact(const WalkedBlob& blob) const {
    throw Error(ErrorKind::input, cat("`", reader_.name, "` is not a container image"))
        .because(cat("the config of ", blob.descriptor.digest.brief(), " has the type `",
                     printable(blob.manifest->config.media_type, 120), "`"));
  }

  void offer(const Platform& platform) {
    if (offered_.size() < limits::platforms && std::ranges::count(offered_, printable(platform.text(), 80)) == 0)
      offered_.push_back(printable(platform.text(), 80));
  }

  const ImageReader& reader_;
  const Platform& platform_;
  std::optional<LoadedImage> found_;
  std::vector<std::string> offered_;
};

}  // namespace

LoadedImage load(const ImageReader& reader, const Platform& platform) { return Search(reader, platform).run(); }

}  // namespace lapstrake::oci
