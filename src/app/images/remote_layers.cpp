#include <lapstrake/app/images/remote_layers.hpp>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/bases.hpp>

#include <lapstrake/app/images/manifests.hpp>
#include <lapstrake/app/images/offline.hpp>

namespace lapstrake::app {
RemoteLayers::RemoteLayers(const Context& context, Network network, store::Store store, std::string image,
                           std::shared_ptr<const registry::Repository> repository)
    : context_(std::make_shared<const Context>(context)),
      network_(std::move(network)),
      store_(std::move(store)),
      image_(std::move(image)),
      repository_(std::move(repository)),
      vendor_folder_(app::open_vendor_folder(*context_)) {}

const store::Layout* RemoteLayers::find_vendored(const oci::Digest& blob) const {
  return vendor_folder_ && vendor_folder_->has(blob) ? &*vendor_folder_ : nullptr;
}

void RemoteLayers::read_vendored(const store::Layout& from, const oci::Descriptor& blob, const Sink& sink) const {
  drain(from.open(blob), sink, context_->runtime.stop);
  context_->report.progress({.kind = Event::Kind::finished,
                             .image = image_,
                             .subject = cat("base layer ", blob.digest.brief()),
                             .text = cat(human_size(blob.size), " read from `", from.folder().string(), "`")});
}

void RemoteLayers::fetch(const registry::Repository& from, const oci::Descriptor& blob, const Sink& sink) const {
  if (!blob.urls.empty())
    throw Error(ErrorKind::input, cat("foreign layer ", blob.digest.text(), " is not stored in `", from.name(), "`"),
                "foreign layers are never downloaded; use a base without them");
  if (context_->connection.offline)
    throw not_available_offline(*context_, cat("the layer ", blob.digest.text(), " of `", from.name(), "`"));
  Event event{.kind = Event::Kind::started, .image = image_, .subject = cat("base layer ", blob.digest.brief())};
  event.total = blob.size;
  context_->report.progress(event);
  event.kind = Event::Kind::progress;
  from.get_blob(blob, [&](Bytes bytes) {
    stop_point(context_->runtime.stop);
    sink(bytes);
    event.done += bytes.size();
    context_->report.progress(event);
  });
  event.kind = Event::Kind::finished;
  event.text = cat(human_size(blob.size), " read from ", from.name());
  context_->report.progress(event);
}

std::shared_ptr<const registry::Repository> RemoteLayers::repository(const oci::Digest& blob) const {
  if (repository_ != nullptr) return repository_;
  const auto where = store::find_origin(store_, blob);
  if (!where)
    throw Error(ErrorKind::input, cat("blob ", blob.text(), " is missing from the store, and its registry is unknown"),
                "run `lapstrake build` to rebuild the image");
  const std::lock_guard lock(repositories_->mutex);
  auto& known = repositories_->by_name[where->text()];
  if (known == nullptr) known = network_.reading(where->host, where->repository);
  return known;
}

void RemoteLayers::read(const oci::Descriptor& blob, const Sink& sink) const {
  if (store_.has(blob)) return static_cast<void>(drain(store_.open_blob(blob), sink, context_->runtime.stop));
  if (const auto* folder = find_vendored(blob.digest)) return read_vendored(*folder, blob, sink);
  const auto from = repository(blob.digest);
  step(cat("reading ", blob.digest.brief(), " from `", from->name(), "`"), [&] { fetch(*from, blob, sink); });
}

void RemoteLayers::take(const oci::Descriptor& blob) const {
  if (store_.has(blob)) return;
  auto writer = store_.new_blob(store::Store::Hashing::by_caller);
  read(blob, [&](Bytes bytes) { writer.write(bytes); });
  writer.commit(blob.digest);
}

void RemoteLayers::complete(const oci::Descriptor& root) const {
  std::map<oci::Digest, oci::Descriptor> missing;
  for (const auto& manifest : manifests_of(store_.reader(image_, root), root))
    for (const auto& blob : manifest.blobs)
      if (blob.urls.empty() && !store_.has(blob)) missing.emplace(blob.digest, blob);
  std::vector<const oci::Descriptor*> blobs;
  for (const auto& [digest, blob] : missing) blobs.push_back(&blob);
  parallel_for_each(
      blobs.size(), most_transfers, [&](std::size_t i) { take(*blobs[i]); }, context_->runtime.stop);
}

oci::ImageReader RemoteLayers::reader(const std::string& name, const oci::Descriptor& root) const {
  auto reader = store_.reader(name, root);
  reader.open = [self = *this, open = reader.open](const oci::Descriptor& blob) {
    const bool is_elsewhere =
        self.find_vendored(blob.digest) != nullptr || store::find_origin(self.store_, blob.digest);
    if (!self.store_.has(blob) && is_elsewhere) self.take(blob);
    return open(blob);
  };
  return reader;
}

std::string RemoteLayers::mount_source(const oci::Digest& blob, const oci::RegistryReference& target) const {
  const auto where = store::find_origin(store_, blob);
  return where && where->host == target.host && where->repository != target.repository ? where->repository : "";
}

std::optional<std::filesystem::path> RemoteLayers::file(const oci::Descriptor& blob) const {
  if (store_.has(blob.digest)) return store_.blob_path(blob.digest);
  const auto* folder = find_vendored(blob.digest);
  if (folder == nullptr) return std::nullopt;
  drain(
      folder->open(blob), [](Bytes) {}, context_->runtime.stop);
  return folder->blob_path(blob.digest);
}

}  // namespace lapstrake::app
