#include <lapstrake/app/publish/attach.hpp>

#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/push.hpp>
#include <lapstrake/registry/referrers.hpp>
#include <optional>

#include <lapstrake/app/images/base_image.hpp>

namespace lapstrake::app {
namespace {

constexpr std::string_view title_annotation = "org.opencontainers.image.title";

// Opened once: the bytes that are hashed are the bytes that are sent, even if the path is replaced meanwhile.
NamedFile file_of(const Context& context, const spec::Attachment& attachment) {
  try {
    return open_named_file(attachment.folder, attachment.from, context.build.allow_outside);
  } catch (Error& error) {
    error.helped_by(cat("check the `from:` of this attachment (", attachment.where.text(), ")"));
    throw;
  }
}

oci::Descriptor describe(const NamedFile& file, const std::string& type, const std::stop_token& stop) {
  Sha256 hash;
  std::uint64_t size = 0;
  drain(
      file.source(),
      [&](Bytes bytes) {
        hash.write(bytes);
        size += bytes.size();
      },
      stop);
  return {.media_type = type, .digest = oci::Digest(hash.finish()), .size = size};
}

// A private copy, so that nobody changes the file while it is sent.
AtomicFile copy_of(const Context& context, const NamedFile& file, const oci::Descriptor& layer) {
  AtomicFile copy(scratch(context));
  drain(
      oci::verified(file.source(), layer.digest, layer.size, cat("the changed file `", file.path.string(), "`")),
      [&](Bytes bytes) { copy.write(bytes); }, context.runtime.stop);
  return copy;
}

oci::Descriptor attach_one(const Context& context, const registry::Repository& repository, const store::Store& store,
                           const spec::Attachment& attachment, const oci::Descriptor& root) {
  const auto file = file_of(context, attachment);
  auto layer = describe(file, attachment.type, context.runtime.stop);
  layer.annotations.emplace(title_annotation, std::filesystem::path(attachment.from).filename().string());
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .artifact_type = attachment.type,
                         .config = store.put("{}", oci::media_type::empty),
                         .layers = {layer},
                         .annotations = attachment.annotations};
  manifest.subject = oci::Descriptor{.media_type = root.media_type, .digest = root.digest, .size = root.size};
  const auto text = oci::render(manifest);
  auto descriptor = oci::descriptor_of(text, oci::media_type::manifest);
  std::optional<AtomicFile> copy;
  const auto blobs = [&](const oci::Digest& digest) {
    if (digest != layer.digest || digest == manifest.config.digest) return store.blob_path(digest);
    if (!copy) copy = copy_of(context, file, layer);
    return copy->path();
  };
  registry::push(repository, {{descriptor, text, {manifest.config, layer}}}, blobs, {.stop = context.runtime.stop});
  descriptor.artifact_type = attachment.type;
  descriptor.annotations = attachment.annotations;
  const auto listed = registry::add_referrer(repository, root.digest, descriptor);
  if (context.report.log && listed == registry::ListedBy::tag)
    context.report.log(cat("`", repository.name(), "` has no referrers API: the attachment is listed at the tag `",
                           registry::fallback_tag(root.digest), "`"));
  return descriptor;
}

}  // namespace

void require_file(const Context& context, const spec::Attachment& attachment) { file_of(context, attachment); }

std::vector<oci::Descriptor> attach(const Context& context, const registry::Repository& repository,
                                    const store::Store& store, const spec::Image& image, const oci::Descriptor& root) {
  std::vector<oci::Descriptor> attached;
  for (const auto& attachment : image.attachments) {
    stop_point(context.runtime.stop);
    try {
      attached.push_back(attach_one(context, repository, store, attachment, root));
      context.report.progress({.kind = Event::Kind::finished,
                               .image = image.name,
                               .subject = cat("attachment ", attachment.from),
                               .text = attached.back().digest.text()});
    } catch (Error& error) {
      if (attachment.required) {
        error.during(cat("attaching `", attachment.from, "` to image `", image.name, "` (already pushed)"));
        throw;
      }
      context.report.progress({.kind = Event::Kind::warning,
                               .image = image.name,
                               .text = cat("cannot attach `", attachment.from, "`: ", error.line())});
    }
  }
  return attached;
}

}  // namespace lapstrake::app
