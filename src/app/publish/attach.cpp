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

// Pushes the manifest of an attachment whose content is `layer`, and lists it.
oci::Descriptor push_attachment(const Context& context, const registry::Repository& repository,
                                const store::Store& store, const oci::Descriptor& layer,
                                const registry::BlobPath& content, const oci::Annotations& annotations,
                                const oci::Descriptor& subject) {
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .artifact_type = layer.media_type,
                         .config = store.put("{}", oci::media_type::empty),
                         .layers = {layer},
                         .annotations = annotations};
  manifest.subject = oci::Descriptor{.media_type = subject.media_type, .digest = subject.digest, .size = subject.size};
  const auto text = oci::render(manifest);
  auto descriptor = oci::descriptor_of(text, oci::media_type::manifest);
  const auto blobs = [&](const oci::Digest& digest) {
    return digest == layer.digest && digest != manifest.config.digest ? content(digest) : store.blob_path(digest);
  };
  registry::push(repository, {{descriptor, text, {manifest.config, layer}}}, blobs, {.stop = context.runtime.stop});
  descriptor.artifact_type = manifest.artifact_type;
  descriptor.annotations = annotations;
  const auto listed = registry::add_referrer(repository, subject.digest, descriptor);
  if (context.report.log && listed == registry::ListedBy::tag)
    context.report.log(cat("`", repository.name(), "` has no referrers API: the attachment is listed at the tag `",
                           registry::fallback_tag(subject.digest), "`"));
  return descriptor;
}

oci::Descriptor attach_one(const Context& context, const registry::Repository& repository, const store::Store& store,
                           const spec::Attachment& attachment, const oci::Descriptor& root) {
  const auto file = file_of(context, attachment);
  auto layer = describe(file, attachment.type, context.runtime.stop);
  layer.annotations.emplace(title_annotation, std::filesystem::path(attachment.from).filename().string());
  std::optional<AtomicFile> copy;
  const auto content = [&](const oci::Digest&) {
    if (!copy) copy = copy_of(context, file, layer);
    return copy->path();
  };
  return push_attachment(context, repository, store, layer, content, attachment.annotations, root);
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

oci::Descriptor attach_text(const Context& context, const registry::Repository& repository, const store::Store& store,
                            const AttachedText& attached, const oci::Descriptor& subject) {
  stop_point(context.runtime.stop);
  auto layer = store.put(attached.text, attached.type);
  layer.annotations.emplace(title_annotation, attached.name);
  const oci::Annotations annotations{{std::string(oci::created_annotation), oci::rfc3339(context.build.epoch)}};
  auto out = push_attachment(
      context, repository, store, layer, [&](const oci::Digest& digest) { return store.blob_path(digest); },
      annotations, subject);
  context.report.progress({.kind = Event::Kind::finished,
                           .image = attached.image,
                           .subject = cat("attachment ", attached.name),
                           .text = out.digest.text()});
  return out;
}

}  // namespace lapstrake::app
