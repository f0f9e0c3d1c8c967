#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/push.hpp>

#include <lapstrake/app/build/cache_to.hpp>
#include <lapstrake/app/build/prebuilt_image.hpp>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/images/manifests.hpp>
#include <lapstrake/app/images/remote_layers.hpp>
#include <lapstrake/app/publish/attach.hpp>
#include <lapstrake/app/publish/push_image.hpp>
#include <lapstrake/app/supply/bill.hpp>
#include "ecr_repository.hpp"
#include "staged_blobs.hpp"

namespace lapstrake::app {
namespace {

class Events {
 public:
  Events(const Context& context, std::string image) : context_(context), image_(std::move(image)) {}

  void operator()(const registry::PushEvent& pushed) const {
    using Kind = registry::PushEvent::Kind;
    Event event{.image = image_, .subject = cat("blob ", pushed.blob.digest.brief()), .text = {}};
    event.total = pushed.blob.size;
    event.done = pushed.sent;
    switch (pushed.kind) {
      case Kind::checking: return;
      case Kind::present: event.kind = Event::Kind::reused, event.text = "already in the registry"; break;
      case Kind::mounted: event.kind = Event::Kind::reused, event.text = "mounted from another repository"; break;
      case Kind::sending: event.kind = Event::Kind::progress; break;
      case Kind::sent:
        event.kind = Event::Kind::finished, event.text = cat(human_size(pushed.blob.size), " sent");
        break;
      case Kind::manifest:
        event.kind = Event::Kind::finished, event.subject = "manifest", event.text = pushed.blob.digest.text();
        break;
      case Kind::tag:
        event.kind = Event::Kind::finished, event.subject = cat("tag ", pushed.tag),
        event.text = pushed.blob.digest.text();
        break;
    }
    context_.report.progress(event);
  }

 private:
  const Context& context_;
  std::string image_;
};

}  // namespace

registry::PushReport push_manifests(const Context& context, const Network& network, const PushRequest& request,
                                    const PushSettings& settings) {
  const auto& target = request.target;
  const auto repository = network.repository(target.host, target.repository);
  const auto progress = [&, events = Events(context, request.image)](const registry::PushEvent& event) {
    events(event);
    if (request.on_event) request.on_event(event);
  };
  const registry::PushOptions options{.jobs = 4,
                                      .tags = request.tags,
                                      .mount_source = request.mount_source,
                                      .progress = progress,
                                      .stop = context.runtime.stop};
  try {
    return registry::push(*repository, request.manifests, request.blobs, options);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::missing_repository) throw;
    const EcrLookup lookup{context, network, target, request.repository_settings};
    const auto found = look_up_in_ecr(lookup);
    if (!settings.create_repository || found.kind == EcrLookupResult::Kind::present)
      throw diagnose(error, found, lookup);
    create_in_ecr(lookup);
  }
  return registry::push(*repository, request.manifests, request.blobs, options);
}

namespace {

std::vector<oci::PinnedReference> pinned(const oci::RegistryReference& target, const std::vector<std::string>& tags,
                                         const oci::Digest& digest) {
  std::vector<oci::PinnedReference> references;
  for (const auto& tag : tags) references.push_back({target.host, target.repository, tag, digest});
  if (references.empty()) references.push_back({target.host, target.repository, {}, digest});
  return references;
}

// The image that `--image` gives, where it lies.
ResolvedImage resolve_in_registry(const Network& network, const spec::Image& image,
                                  const oci::RegistryReference& given) {
  return step(cat("resolving `", given.text(), "` for image `", image.name, "`"), [&] {
    const auto reader = registry::image_reader(network.repository(given.host, given.repository), given);
    const auto root = reader.root();
    return ResolvedImage{.image = &image, .root = root, .platforms = platforms_of(reader, root), .given = given};
  });
}

oci::PinnedReference given_reference(const ResolvedImage& resolved) {
  return {resolved.given->host, resolved.given->repository, resolved.given->tag, resolved.root.digest};
}

void attach_sboms(const Context& context, const registry::Repository& repository, const store::Store& store,
                  const ResolvedImage& resolved, std::vector<oci::Descriptor>& attached) {
  const auto& image = *resolved.image;
  if (resolved.project == nullptr) {
    context.report.progress({.kind = Event::Kind::warning,
                             .image = image.name,
                             .text = "no SBOM is attached: the image was not built from this spec"});
    return;
  }
  step(cat("attaching the SBOM to image `", image.name, "` (already pushed)"), [&] {
    for (const auto& bill : bills_of(context, *resolved.project, image, store, resolved.root))
      for (const auto format : bill_formats)
        attached.push_back(attach_text(context, repository, store,
                                       {.image = image.name,
                                        .name = std::string(file_name_of(format)),
                                        .type = std::string(media_type_of(format)),
                                        .text = render(bill.document, format)},
                                       bill.subject));
  });
}

}  // namespace

ResolvedImage resolve(const Context& context, const Network& network, const spec::Project& project,
                      const spec::Image& image, const store::Store& store) {
  const auto given = context.images.prebuilt.find(image.name);
  if (given != context.images.prebuilt.end())
    if (const auto* remote = std::get_if<oci::RegistryReference>(&given->second))
      return resolve_in_registry(network, image, *remote);
  const auto built = build_or_load_image(context, project, image, store);
  ResolvedImage resolved{.image = &image, .root = built.root, .platforms = {}, .given = {}, .layers = built.layers};
  if (given == context.images.prebuilt.end()) resolved.project = &project;
  for (const auto& manifest : built.manifests)
    if (manifest.platform) resolved.platforms.push_back(*manifest.platform);
  return resolved;
}

PushedImage push_resolved(const Context& context, const Network& network, const ResolvedImage& resolved,
                          const store::Store& store, const PushSettings& settings) {
  if (resolved.given) return {.name = resolved.image->name, .references = {given_reference(resolved)}};
  const auto target = oci::parse_registry_reference(resolved.image->repository);
  auto pushed = step(cat("pushing image `", resolved.image->name, "` to `", resolved.image->repository, "`"), [&] {
    const auto manifests = manifests_of(store.reader(resolved.image->name, resolved.root), resolved.root);
    const RemoteLayers remote_layers(context, network, store, resolved.image->name);
    StagedBlobs blobs(manifests,
                      {.scratch = store.scratch(),
                       .file = [&](const oci::Descriptor& blob) { return remote_layers.file(blob); },
                       .read = [&](const oci::Descriptor& blob, const Sink& sink) { remote_layers.read(blob, sink); }});
    const auto report = push_manifests(
        context, network,
        {.image = resolved.image->name,
         .target = target,
         .tags = resolved.image->tags,
         .manifests = manifests,
         .blobs = [&](const oci::Digest& digest) { return blobs.file(digest); },
         .mount_source = [&](const oci::Digest& blob) { return remote_layers.mount_source(blob, target); },
         .repository_settings = resolved.image->repository_settings,
         .on_event =
             [&](const registry::PushEvent& event) {
               if (event.kind == registry::PushEvent::Kind::sent) blobs.drop(event.blob.digest);
             }},
        settings);
    return PushedImage{.name = resolved.image->name,
                       .references = pinned(target, resolved.image->tags, resolved.root.digest),
                       .blobs_sent = report.blobs_sent,
                       .bytes_sent = report.bytes_sent,
                       .blobs_present = report.blobs_present};
  });
  const auto& image = *resolved.image;
  if (!image.attachments.empty() || image.has_sbom) {
    const auto repository = network.repository(target.host, target.repository);
    pushed.attachments = attach(context, *repository, store, image, resolved.root);
    if (image.has_sbom) attach_sboms(context, *repository, store, resolved, pushed.attachments);
  }
  save_to_cache(context, network, store, *resolved.image, resolved.layers, target);
  return pushed;
}

oci::PinnedReference expected_reference(const ResolvedImage& resolved) {
  if (resolved.given) return given_reference(resolved);
  const auto target = oci::parse_registry_reference(resolved.image->repository);
  return pinned(target, resolved.image->tags, resolved.root.digest).front();
}

void require_pushable(const Context& context, const spec::Image& image) {
  const auto given = context.images.prebuilt.find(image.name);
  const bool elsewhere =
      given != context.images.prebuilt.end() && std::holds_alternative<oci::RegistryReference>(given->second);
  if (image.repository.empty() && !elsewhere)
    throw Error(ErrorKind::usage,
                cat("image `", image.name, "` has no `repository:` to push to (", image.where.text(), ")"),
                "add `repository: HOST/NAME` to the image");
  for (const auto& attachment : image.attachments)
    if (attachment.required && !elsewhere) require_file(context, attachment);
}

}  // namespace lapstrake::app
