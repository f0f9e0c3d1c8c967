#include <lapstrake/app/images/source_image.hpp>

#include <lapstrake/app/choose.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/image_files.hpp>

#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/app/images/remote_layers.hpp>

namespace lapstrake::app {
namespace {

SourceImage in_store(const Context& context, const spec::Project* project, const spec::Image& image) {
  const auto store = store::Store::open(context.store_root);
  const auto root = store.ref(ref_name(image));
  if (!root)
    throw Error(ErrorKind::input, cat("image `", image.name, "` has not been built"),
                cat("run `lapstrake build ", image.name, "`"));
  // Layers of its base may exist only in their registry.
  const auto remote_layers =
      std::make_shared<const RemoteLayers>(context, Network(context, registries_of(project)), store, image.name);
  SourceImage source{.reader = remote_layers->reader(image.name, *root)};
  source.remote_layers = remote_layers;
  if (!image.tags.empty()) source.tag = image.tags.front();
  if (!image.repository.empty() && !source.tag.empty()) source.full_name = cat(image.repository, ":", source.tag);
  return source;
}

// A name in an archive may be a tag or a whole reference.
void set_names(SourceImage& source, const std::string& tag) {
  const auto colon = tag.rfind(':');
  source.tag = colon == std::string::npos ? tag : tag.substr(colon + 1);
  if (colon != std::string::npos) source.full_name = tag;
}

SourceImage on_disk(const Context& context, const oci::DiskReference& reference) {
  SourceImage source{.reader = store::open_image(reference, scratch(context), context.runtime.stop)};
  source.disk = reference;
  set_names(source, reference.tag);
  return source;
}

SourceImage in_registry(const Context& context, const Registries& registries, const oci::RegistryReference& reference) {
  const Network network(context, registries);
  const auto repository = network.reading(reference.host, reference.repository);
  SourceImage source{.reader = registry::image_reader(repository, reference)};
  source.remote = reference;
  source.repository = repository;
  source.tag = reference.tag.empty() && !reference.digest ? "latest" : reference.tag;
  if (!source.tag.empty()) source.full_name = cat(repository->name(), ":", source.tag);
  return source;
}

SourceImage found(const Context& context, const spec::Project* project, const std::string& name) {
  if (const auto* image = image_called(project, name)) return in_store(context, project, *image);
  const auto reference = oci::parse_reference(name);
  if (const auto* disk = std::get_if<oci::DiskReference>(&reference)) return on_disk(context, *disk);
  return in_registry(context, registries_of(project), std::get<oci::RegistryReference>(reference));
}

}  // namespace

void SourceImage::read(const oci::Descriptor& blob, const Sink& sink, const std::stop_token& stop) const {
  if (remote_layers != nullptr) return remote_layers->read(blob, sink);
  if (repository == nullptr) {
    drain(reader.open(blob), sink, stop);
    return;
  }
  repository->get_blob(blob, sink);  // in one request, where the place reads in windows
}

void read_blob(const Context& context, const SourceImage& source, const oci::Descriptor& blob, const Sink& sink) {
  Event event{.kind = Event::Kind::progress, .image = source.reader.name, .total = blob.size};
  event.subject = cat("reading blob ", blob.digest.brief());
  source.read(
      blob,
      [&](Bytes bytes) {
        sink(bytes);
        event.done += bytes.size();
        context.report.progress(event);
      },
      context.runtime.stop);
  event.kind = Event::Kind::finished;
  event.text = cat(human_size(blob.size), " read");
  context.report.progress(event);
}

SourceImage open_image(const Context& context, const spec::Project* project, const std::string& name) {
  auto source = found(context, project, name);
  source.reader.root = [root = source.reader.root()] { return root; };
  return source;
}

Registries registries_of(const spec::Project* project) {
  return project != nullptr ? project->registries : Registries{};
}

oci::Descriptor selected_root(const Context& context, const oci::ImageReader& reader) {
  if (context.images.platforms.size() > 1)
    throw Error(ErrorKind::usage, "this command accepts only one `--platform`",
                "remove `--platform` to use all platforms");
  const auto root = context.images.platforms.empty()
                        ? reader.root()
                        : oci::load(reader, context.images.platforms[0]).manifest_descriptor;
  return {.media_type = root.media_type, .digest = root.digest, .size = root.size};
}

}  // namespace lapstrake::app
