#include <lapstrake/app/images/registry_base.hpp>

#include <lapstrake/app/images/base_name.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/bases.hpp>
#include <map>
#include <mutex>
#include <set>

#include <lapstrake/app/images/offline.hpp>
#include <lapstrake/app/images/remote_layers.hpp>

namespace lapstrake::app {
namespace {

// What the store remembers it by: a digest decides, whatever the tag beside it.
std::string exact_name(const oci::RegistryReference& reference) {
  if (!reference.digest) return base_name(reference);
  return cat(reference.host, "/", reference.repository, "@", reference.digest->text());
}

// What the index of a folder says of a manifest may be wrong, and is not to be remembered then.
void require_kind(const oci::Descriptor& root, const std::string& text, const std::filesystem::path& folder) try {
  const auto what = cat(root.digest.text(), " of `", folder.string(), "`");
  if (oci::is_index(root.media_type))
    oci::parse_index(text, root.media_type, what);
  else
    oci::parse_manifest(text, root.media_type, what);
} catch (Error& error) {
  error.helped_by(vendor_again);
  throw;
}

}  // namespace

std::optional<oci::ImageReader> remembered_base(const oci::RegistryReference& reference, const store::Store& store) {
  auto root = store::find_base(store, exact_name(reference));
  if (!root && !reference.tag.empty()) root = store::find_base(store, base_name(reference));  // before it was locked
  if (!root || !store.has(*root) || (reference.digest && root->digest != *reference.digest)) return std::nullopt;
  return store.reader(reference.text(), *root);
}

RegistryBase::RegistryBase(const Context& context, const Registries& registries,
                           const oci::RegistryReference& reference, const std::optional<oci::Digest>& pin,
                           const store::Store& store, std::string image)
    : context_(context),
      reference_(pinned(reference, pin)),
      is_locked_(!reference.digest && pin),
      store_(store),
      image_(std::move(image)),
      repository_(Network(context, registries).reading(reference.host, reference.repository)),
      blobs_(context, Network(context, registries), store, image_, repository_),
      remote_(registry::image_reader(repository_, reference_)) {}

std::optional<oci::Descriptor> RegistryBase::known_root() const {
  if (!reference_.digest) return std::nullopt;
  if (const auto known = remembered_base(reference_, store_)) return known->root();
  const auto* folder = blobs_.find_vendored(*reference_.digest);
  auto root = folder != nullptr ? folder->find(*reference_.digest) : std::nullopt;
  if (!root) return std::nullopt;
  require_kind(*root, text(*root), folder->folder());
  store::keep_base(store_, exact_name(reference_), *root);
  return root;
}

bool RegistryBase::is_available_offline() const {
  return reference_.digest ? known_root().has_value() : remembered_base(reference_, store_).has_value();
}

oci::Descriptor RegistryBase::root() const {
  if (const auto known = known_root()) return *known;
  const auto name = exact_name(reference_);
  const std::lock_guard lock(context_.run->mutex);
  const auto found = context_.run->roots.find(name);
  if (found != context_.run->roots.end()) return found->second;
  const auto root = context_.connection.offline ? last_known_root() : resolve();
  context_.run->roots.emplace(name, root);
  store::keep_base(store_, name, root);
  return root;
}

// Without a network a tag keeps its last known digest.
oci::Descriptor RegistryBase::last_known_root() const {
  const auto known = reference_.digest ? std::nullopt : remembered_base(reference_, store_);
  if (!known) throw not_available_offline(context_, cat("the base `", reference_.text(), "`"));
  const auto root = known->root();
  context_.report.progress({.kind = Event::Kind::note,
                            .image = image_,
                            .text = cat("`--offline`: using the last known digest of `", reference_.text(), "`, ",
                                        root.digest.text(), "; run `lapstrake lock` to pin it")});
  return root;
}

oci::Descriptor RegistryBase::resolve() const {
  try {
    return is_locked_ ? locked_root() : remote_.root();
  } catch (Error& error) {
    const auto known = error.kind() == ErrorKind::network ? remembered_base(reference_, store_) : std::nullopt;
    if (known && !reference_.digest)
      error.helped_by(cat("to use the last known digest without asking the registry, write `base: ", reference_.host,
                          "/", reference_.repository, "@", known->root().digest.text(), "`"));
    error.helped_by(
        cat("check whether `", reference_.host, "` is reachable from this host; a base on disk needs no network"));
    throw;
  }
}

oci::Descriptor RegistryBase::locked_root() const {
  if (auto found = repository_->find_manifest(reference_.digest->text())) return *std::move(found);
  throw Error(ErrorKind::network,
              cat("`", repository_->name(), "` no longer has ", reference_.digest->text(), ", the digest of `",
                  base_name(reference_), "` in `", lock_file_name, "`"),
              cat("run `lapstrake lock --update ", base_name(reference_), "` to pin the current digest"));
}

std::string RegistryBase::text(const oci::Descriptor& blob) const {
  if (store_.has(blob)) return store_.reader(reference_.text(), blob).text(blob);
  const auto* folder = blobs_.find_vendored(blob.digest);
  if (folder == nullptr && context_.connection.offline)
    throw not_available_offline(context_, cat(blob.digest.text(), " of the base `", reference_.text(), "`"));
  auto text = folder != nullptr ? folder->text(blob) : remote_.text(blob);
  store_.put(text, blob.media_type);
  return text;
}

Source RegistryBase::open(const oci::Descriptor& blob) const {
  const auto* folder = store_.has(blob) ? nullptr : blobs_.find_vendored(blob.digest);
  if (folder != nullptr) return folder->open(blob);
  blobs_.take(blob);
  return store_.open_blob(blob);
}

oci::ImageReader RegistryBase::reader() const {
  return {.name = reference_.text(),
          .root = [self = *this] { return self.root(); },
          .text = [self = *this](const oci::Descriptor& blob) { return self.text(blob); },
          .open = [self = *this](const oci::Descriptor& blob) { return self.open(blob); }};
}

// Layers wait in files of the scratch, so that several come at once and a broken connection is taken up where it broke.
layers::BaseFiles RegistryBase::files(const std::vector<oci::Descriptor>& layers) const {
  std::map<oci::Digest, std::optional<AtomicFile>> spooled;
  for (const auto& layer : layers)
    if (!store_.has(layer) && blobs_.find_vendored(layer.digest) == nullptr) spooled.try_emplace(layer.digest);
  std::vector<const oci::Descriptor*> missing;
  std::set<oci::Digest> seen;
  for (const auto& layer : layers)
    if (spooled.contains(layer.digest) && seen.insert(layer.digest).second) missing.push_back(&layer);
  parallel_for_each(
      missing.size(), most_transfers,
      [&](std::size_t i) {
        auto& file = spooled.at(missing[i]->digest).emplace(store_.scratch());
        blobs_.read(*missing[i], [&](Bytes bytes) { file.write(bytes); });
      },
      context_.runtime.stop);
  layers::BaseFiles files;
  for (const auto& layer : layers) {
    const auto file = spooled.find(layer.digest);
    files.add_layer(file == spooled.end() ? open(layer) : file_source(file->second->path()),
                    layer_of_base(layer, reference_.text()), context_.runtime.stop);
  }
  return files;
}

void RegistryBase::keep_origins(const std::vector<oci::Descriptor>& layers) const {
  for (const auto& layer : layers)
    if (layer.urls.empty()) store::keep_origin(store_, layer.digest, reference_);
}

}  // namespace lapstrake::app
