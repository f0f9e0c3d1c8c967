#include "attach.hpp"

#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/push.hpp>
#include <lapstrake/registry/referrers.hpp>

namespace lapstrake::app {
namespace {

constexpr std::string_view title_annotation = "org.opencontainers.image.title";

// The file itself, behind all links, which must not lead out of the spec's folder.
std::filesystem::path file_of(const Context& context, const spec::Attachment& attachment) {
  std::error_code failure;
  const auto file = std::filesystem::canonical(attachment.folder / attachment.from, failure);
  if (failure || !std::filesystem::is_regular_file(file, failure))
    throw Error(Fault::input,
                cat("cannot read `", attachment.from, "`: ", failure ? failure.message() : "it is no file"),
                cat("check the `from:` of this attachment (", attachment.where.text(), ")"));
  const auto folder = std::filesystem::canonical(attachment.folder.empty() ? "." : attachment.folder);
  const auto inside = file.lexically_relative(folder);
  if (!context.allow_outside && (inside.empty() || *inside.begin() == ".."))
    throw Error(Fault::input, cat("`", attachment.from, "` leads out of the spec's folder"),
                "put it into this folder, or use --allow-outside");
  return file;
}

oci::Descriptor describe(const std::filesystem::path& file, const std::string& type, const std::stop_token& stop) {
  Sha256 hash;
  std::uint64_t size = 0;
  drain(
      file_source(file),
      [&](Bytes bytes) {
        hash.write(bytes);
        size += bytes.size();
      },
      stop);
  return {.media_type = type, .digest = oci::Digest(hash.finish()), .size = size};
}

oci::Descriptor attach_one(const Context& context, const registry::Repository& repository, const store::Store& store,
                           const spec::Attachment& attachment, const oci::Descriptor& root) {
  const auto file = file_of(context, attachment);
  auto layer = describe(file, attachment.type, context.world.stop);
  layer.annotations.emplace(title_annotation, std::filesystem::path(attachment.from).filename().string());
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .artifact_type = attachment.type,
                         .config = store.put("{}", oci::media_type::empty),
                         .layers = {layer},
                         .annotations = attachment.annotations};
  manifest.subject = oci::Descriptor{.media_type = root.media_type, .digest = root.digest, .size = root.size};
  const auto text = oci::render(manifest);
  auto descriptor = oci::descriptor_of(text, oci::media_type::manifest);
  const auto blobs = [&](const oci::Digest& digest) {
    return digest == layer.digest && digest != manifest.config.digest ? file : store.blob_path(digest);
  };
  registry::push(repository, {{descriptor, text, {manifest.config, layer}}}, blobs, {.stop = context.world.stop});
  descriptor.artifact_type = attachment.type;
  descriptor.annotations = attachment.annotations;
  const auto listed = registry::list_referrer(repository, root.digest, descriptor);
  if (context.log && listed == registry::Listed::tag)
    context.log(cat("`", repository.name(), "` has no referrers API: the attachment is listed at the tag `",
                    registry::fallback_tag(root.digest), "`"));
  return descriptor;
}

}  // namespace

void require_file(const Context& context, const spec::Attachment& attachment) { file_of(context, attachment); }

std::vector<oci::Descriptor> attach(const Context& context, const registry::Repository& repository,
                                    const store::Store& store, const spec::Image& image, const oci::Descriptor& root) {
  std::vector<oci::Descriptor> attached;
  for (const auto& attachment : image.attachments) {
    stop_point(context.world.stop);
    try {
      attached.push_back(attach_one(context, repository, store, attachment, root));
      context.progress({.kind = Event::Kind::finished,
                        .image = image.name,
                        .subject = cat("attachment ", attachment.from),
                        .text = attached.back().digest.text()});
    } catch (Error& error) {
      if (error.fault() == Fault::interrupted) throw;
      if (attachment.required) {
        error.during(cat("attaching `", attachment.from, "` to image `", image.name, "`, which is pushed"));
        throw;
      }
      context.progress({.kind = Event::Kind::warning,
                        .image = image.name,
                        .text = cat("`", attachment.from, "` is not attached: ", error.summary(),
                                    error.reason().empty() ? "" : cat(": ", error.reason()))});
    }
  }
  return attached;
}

}  // namespace lapstrake::app
