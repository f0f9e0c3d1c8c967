#include "from_step.hpp"

#include <lapstrake/app/build/built_image.hpp>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/app/images/remote_layers.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>
#include <map>
#include <memory>

#include <lapstrake/app/images/lower_layers.hpp>

namespace lapstrake::app {
namespace {

// Another image: its files, and the layers that have them.
struct Other {
  layers::BaseFiles files;
  ImageLayers layers;
  oci::Digest manifest;
};

Other opened(const BaseImage& base) {
  return {.files = base.files, .layers = ImageLayers(base), .manifest = base.image.manifest_descriptor.digest};
}

// As a base is opened: pinned, and its list of files is kept for the next build.
Other open_reference(const Context& context, const spec::Project& project, const spec::Image& image,
                     const oci::Platform& platform, const oci::Reference& reference,
                     const std::optional<oci::Digest>& pin, const store::Store& store) {
  spec::Image user;
  user.name = image.name;
  user.base = reference;
  user.base_pin = pin;
  user.layers.emplace_back();  // files are listed for images with layers only
  return opened(load_base(context, project, user, platform, store).value());
}

Other open_built(const Context& context, const spec::Project& project, const oci::FromImage& from,
                 const oci::Platform& platform, const store::Store& store) {
  std::optional<oci::Descriptor> root;
  {
    const std::lock_guard lock(context.run->mutex);
    const auto found = context.run->built.find(from.image);
    if (found != context.run->built.end()) root = found->second->root;
  }
  if (!root) throw Error(ErrorKind::internal, cat("image `", from.image, "` was not built before it was needed"));
  const RemoteLayers remote(context, Network(context, project.registries), store, from.image);
  const auto reader = remote.reader(from.image, *root);
  const auto loaded = oci::load(reader, platform);
  Other out{.files = {},
            .layers = ImageLayers(reader, loaded.manifest.layers),
            .manifest = loaded.manifest_descriptor.digest};
  for (const auto& layer : loaded.manifest.layers)
    out.files.add_layer(reader.open(layer), cat("a layer of image `", from.image, "`"), context.runtime.stop);
  return out;
}

class FromStep {
 public:
  FromStep(const Context& context, const oci::FromImage& from, const Other& other, const store::Store& store,
           const layers::AccountTable& accounts, layers::OtherSteps& out)
      : context_(context),
        from_(from),
        other_(other),
        store_(store),
        out_(out),
        include_(from.include),
        exclude_(from.exclude),
        origin_(cat("from `", printable(from.image, 400), "` (", from.where.text(), ")")) {
    if (from.owner) ids_ = accounts.look_up(*from.owner, from.where);
  }

  void run() {
    const auto real = other_.files.follow(lapstrake::clean_path(from_.path).substr(1));
    const auto* node = other_.files.find(real);
    if (node == nullptr && !real.empty()) missing(real);
    if (node == nullptr || node->is_folder())
      add_folder(real);
    else
      add(real, *node, from_.to.ends_with('/') ? cat(from_.to, layers::name_of(real)) : from_.to);
    read_contents();
    for (auto& [path, entry] : entries_) out_.entries.push_back(std::move(entry));
  }

 private:
  [[noreturn]] void missing(const std::string& path) const {
    Error error(ErrorKind::input,
                cat("`/", printable(path, 4096), "` does not exist in `", printable(from_.image), "`"));
    if (const auto near = nearest(layers::name_of(path), other_.files.names_in(layers::parent_of(path))))
      error.helped_by(cat("did you mean `/", printable(layers::joined(layers::parent_of(path), *near)), "`?"));
    throw error;
  }

  // The content of the folder, without the folder's own attributes, as with `copy`.
  void add_folder(const std::string& folder) {
    const std::string target = from_.to.ends_with('/') ? from_.to : cat(from_.to, "/");
    other_.files.for_each_below(folder, [&](const std::string& path, const layers::BaseFiles::Node& node) {
      const auto inner = path.substr(folder.empty() ? 0 : folder.size() + 1);
      if ((!include_.empty() && !include_.matches(inner)) || exclude_.matches(inner)) return;
      add(path, node, cat(target, inner));
    });
    if (entries_.empty())
      throw Error(ErrorKind::input,
                  cat("nothing to copy in `/", printable(folder, 4096), "` of `", printable(from_.image), "`"),
                  "check `path`, `include` and `exclude`");
  }

  void add(const std::string& path, const layers::BaseFiles::Node& node, const std::string& target) {
    layers::Entry entry;
    entry.path = target.substr(1);
    entry.kind = node.kind;
    entry.mode = node.kind == layers::Kind::file ? from_.mode.value_or(node.mode) : node.mode;
    entry.uid = ids_ ? ids_->uid : node.uid;
    entry.gid = ids_ ? ids_->gid : node.gid;
    if (node.is_symlink()) entry.target = node.target;
    entry.origin = origin_;
    entries_.insert_or_assign(path, std::move(entry));
    if (node.kind == layers::Kind::file) files_.insert(path);
  }

  void read_contents() {
    for (const auto& [number, paths] : by_layer(other_.files, files_)) {
      const auto index = number - 1;
      const auto spool = std::make_shared<const layers::ContentFile>(
          layers::ContentFile{.descriptor = unnamed_file(store_.scratch()),
                              .identity = identity_of(other_.manifest, other_.layers[index], paths)});
      std::uint64_t spooled = 0;
      other_.layers.read(
          index, other_.files, paths,
          [&](const std::set<std::string>& names, const layers::Entry& file, const Source& content) {
            const auto begin = spooled;
            drain(content, [&](Bytes bytes) {
              write_fully(spool->descriptor.get(), bytes, store_.scratch());
              spooled += bytes.size();
            });
            for (const auto& name : names) {
              auto& entry = entries_.at(name);
              entry.size = spooled - begin;
              entry.content = layers::Spooled{.file = spool, .offset = begin};
              entry.xattrs = kept_xattrs(file);
            }
          },
          context_.runtime.stop);
    }
  }

  static oci::Xattrs kept_xattrs(const layers::Entry& file) {
    oci::Xattrs out = *file.xattrs;
    std::erase_if(out, [](const auto& xattr) { return xattr.first != "security.capability"; });
    return out;
  }

  // The image, its blob and the paths of the files read from it determine the content of the spool: which other names
  // of a file the image has depends on the layers above, too.
  static std::string identity_of(const oci::Digest& manifest, const oci::Descriptor& layer,
                                 const std::set<std::string>& paths) {
    return cat("files 2 ", manifest.text(), " ", layer.digest.text(), " ",
               oci::Digest::of(join({paths.begin(), paths.end()}, "\n")).text());
  }

  const Context& context_;
  const oci::FromImage& from_;
  const Other& other_;
  const store::Store& store_;
  layers::OtherSteps& out_;
  Patterns include_, exclude_;
  layers::Shared<std::string> origin_;
  std::optional<layers::AccountTable::Ids> ids_;
  std::map<std::string, layers::Entry> entries_;  // by the path in the other image
  std::set<std::string> files_;
};

}  // namespace

void add_from_image(const Context& context, const spec::Project& project, const spec::Image& image,
                    const oci::Platform& platform, const oci::FromImage& from, const store::Store& store,
                    const layers::AccountTable& accounts, layers::OtherSteps& out) {
  step(cat("from `", printable(from.image, 400), "` (", from.where.text(), ")"), [&] {
    const auto given = context.images.prebuilt.find(from.image);
    const bool is_given = !from.reference && given != context.images.prebuilt.end();
    const auto& reference = is_given ? std::optional(given->second) : from.reference;
    const auto other = reference ? open_reference(context, project, image, platform, *reference, from.pin, store)
                                 : open_built(context, project, from, platform, store);
    FromStep(context, from, other, store, accounts, out).run();
  });
}

}  // namespace lapstrake::app
