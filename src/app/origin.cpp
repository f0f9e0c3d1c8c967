#include "origin.hpp"

#include <lapstrake/app/build.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/exchange.hpp>

#include "base_image.hpp"
#include "distant.hpp"
#include "network.hpp"

namespace lapstrake::app {
namespace {

const spec::Image* image_called(const spec::Project* project, const std::string& name) {
  if (project == nullptr) return nullptr;
  for (const auto& image : project->images)
    if (image.name == name) return &image;
  return nullptr;
}

Origin in_store(const Context& context, const spec::Project* project, const spec::Image& image) {
  const auto store = store::Store::open(context.store_root);
  const auto root = store.ref(ref_name(image));
  if (!root)
    throw Error(ErrorKind::input, cat("image `", image.name, "` has not been built"),
                cat("run `lapstrake build ", image.name, "`"));
  // Layers of its base may exist only in their registry.
  const auto distant =
      std::make_shared<const Distant>(context, Network(context, registries_of(project)), store, image.name);
  Origin origin{.place = distant->place(image.name, *root)};
  origin.distant = distant;
  if (!image.tags.empty()) origin.tag = image.tags.front();
  if (!image.repository.empty() && !origin.tag.empty()) origin.full_name = cat(image.repository, ":", origin.tag);
  return origin;
}

// A name in an archive may be a tag or a whole reference.
void name_after(Origin& origin, const std::string& tag) {
  const auto colon = tag.rfind(':');
  origin.tag = colon == std::string::npos ? tag : tag.substr(colon + 1);
  if (colon != std::string::npos) origin.full_name = tag;
}

Origin on_disk(const Context& context, const oci::DiskReference& reference) {
  Origin origin{.place = store::open_image(reference, scratch(context), context.world.stop)};
  origin.disk = reference;
  name_after(origin, reference.tag);
  return origin;
}

Origin in_registry(const Context& context, const Registries& registries, const oci::RegistryReference& reference) {
  const Network network(context, registries);
  const auto repository = network.reading(reference.host, reference.repository);
  Origin origin{.place = registry::place(repository, reference)};
  origin.remote = reference;
  origin.repository = repository;
  origin.tag = reference.tag.empty() && !reference.digest ? "latest" : reference.tag;
  if (!origin.tag.empty()) origin.full_name = cat(repository->name(), ":", origin.tag);
  return origin;
}

Origin found(const Context& context, const spec::Project* project, const std::string& name) {
  if (const auto* image = image_called(project, name)) return in_store(context, project, *image);
  const auto reference = oci::parse_reference(name);
  if (const auto* disk = std::get_if<oci::DiskReference>(&reference)) return on_disk(context, *disk);
  return in_registry(context, registries_of(project), std::get<oci::RegistryReference>(reference));
}

}  // namespace

void Origin::read(const oci::Descriptor& blob, const Sink& sink, const std::stop_token& stop) const {
  if (distant != nullptr && !distant->store().has(blob)) return distant->read(blob, sink);
  if (repository == nullptr) {
    drain(place.open(blob), sink, stop);
    return;
  }
  repository->get_blob(blob, sink);  // in one request, where the place reads in windows
}

void read_told(const Context& context, const Origin& origin, const oci::Descriptor& blob, const Sink& sink) {
  Event event{.kind = Event::Kind::progress, .image = origin.place.name, .total = blob.size};
  event.subject = cat("reading blob ", blob.digest.brief());
  origin.read(
      blob,
      [&](Bytes bytes) {
        sink(bytes);
        event.done += bytes.size();
        context.progress(event);
      },
      context.world.stop);
  event.kind = Event::Kind::finished;
  event.text = cat(human_size(blob.size), " read");
  context.progress(event);
}

Origin open_origin(const Context& context, const spec::Project* project, const std::string& name) {
  auto origin = found(context, project, name);
  origin.place.root = [root = origin.place.root()] { return root; };
  return origin;
}

Registries registries_of(const spec::Project* project) {
  return project != nullptr ? project->registries : Registries{};
}

oci::Descriptor chosen_root(const Context& context, const oci::Place& place) {
  if (context.platforms.size() > 1)
    throw Error(ErrorKind::usage, "only one `--platform` can be chosen here",
                "remove `--platform` to use all platforms");
  const auto root =
      context.platforms.empty() ? place.root() : oci::load(place, context.platforms[0]).manifest_descriptor;
  return {.media_type = root.media_type, .digest = root.digest, .size = root.size};
}

}  // namespace lapstrake::app
