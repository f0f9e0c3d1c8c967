#include <functional>
#include <lapstrake/app/images/source_image.hpp>
#include <lapstrake/app/images/vendor_folder.hpp>
#include <lapstrake/app/publish/push_image.hpp>
#include <lapstrake/app/publish/vendor_artifact.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/walk_image.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <variant>

#include "staged_blobs.hpp"

namespace lapstrake::app {
namespace {

constexpr std::string_view artifact_type = "application/vnd.lapstrake.vendor.v1",
                           index_type = "application/vnd.lapstrake.vendor.index.v1+json";

using Blobs = std::map<oci::Digest, oci::Descriptor>;

// Not under their own media types: registries look for a layer with the type of a manifest among their manifests.
void add(Blobs& blobs, const oci::Descriptor& blob) {
  blobs.emplace(blob.digest,
                oci::Descriptor{.media_type = "application/octet-stream", .digest = blob.digest, .size = blob.size});
}

// All that an entry of index.json leads to: of an index the manifests that `has` accepts; no foreign layers.
void add_all(const store::Layout& layout, const oci::Descriptor& entry,
             const std::function<bool(const oci::Digest&)>& has, Blobs& blobs) {
  oci::walk_image(printable(vendored_name(entry), 200), entry,
                  [&](const oci::Descriptor& blob) { return layout.text(blob); },
                  {.leave =
                       [&](oci::WalkedBlob& blob) {
                         add(blobs, blob.descriptor);
                         if (!blob.manifest) return;
                         for (const auto& reference : blob.references())
                           if (reference.urls.empty()) add(blobs, reference);
                       },
                   .follow =
                       [&](const oci::Descriptor& child, const oci::WalkedBlob& parent) {
                         return parent.index && has(child.digest) &&
                                (oci::is_manifest(child.media_type) || oci::is_index(child.media_type));
                       }});
}

std::vector<std::string> names_of(const oci::Index& index) {
  std::vector<std::string> names;
  for (const auto& entry : index.manifests) names.push_back(vendored_name(entry));
  return names;
}

// --- into a registry

oci::Manifest manifest_of(const store::Layout& layout, const oci::Index& index, const std::string& index_text) {
  const auto has = [&](const oci::Digest& blob) { return layout.has(blob); };
  Blobs blobs;
  for (const auto& entry : index.manifests) add_all(layout, entry, has, blobs);
  if (blobs.size() > limits::visited_manifests)
    throw Error(ErrorKind::input,
                cat("`", layout.folder().string(), "` has more than ", limits::visited_manifests,
                    " blobs, the limit for an artifact"),
                "delete the folder, and vendor the current bases and packages again");
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .artifact_type = std::string(artifact_type),
                         .config = oci::descriptor_of(index_text, index_type)};
  for (const auto& blob : blobs) {
    if (!layout.has(blob.first))
      throw Error(ErrorKind::input, cat("`", layout.folder().string(), "` lacks the blob ", blob.first.text()),
                  vendor_again);
    manifest.layers.push_back(blob.second);
  }
  return manifest;
}

VendorArtifact push(const Context& context, const spec::Project* project, const store::Layout& layout,
                    const oci::RegistryReference& to, const PushSettings& settings) {
  const auto index = layout.index().value_or(store::empty_index());
  if (index.manifests.empty())
    throw Error(ErrorKind::input, cat("`", layout.folder().string(), "` contains no vendored bases or packages"),
                "only bases in a registry and packages are vendored");
  const auto index_text = oci::render(index);
  const auto manifest = manifest_of(layout, index, index_text);
  const auto text = oci::render(manifest);
  const auto root = oci::descriptor_of(text, oci::media_type::manifest);
  const auto& config = manifest.config;
  auto all = manifest.layers;
  all.insert(all.begin(), config);
  const std::vector<registry::PushedManifest> manifests{{.descriptor = root, .text = text, .blobs = all}};
  // The index of the artifact is rendered here, so it is the only blob that has no file.
  StagedBlobs blobs(manifests, {.scratch = scratch(context),
                                .file =
                                    [&](const oci::Descriptor& blob) {
                                      return blob.digest == config.digest
                                                 ? std::nullopt
                                                 : std::optional(layout.blob_path(blob.digest));
                                    },
                                .read = [&](const oci::Descriptor&, const Sink& sink) { sink(as_bytes(index_text)); }});
  const auto tag = to.tag.empty() ? std::string(vendor_tag) : to.tag;
  const auto report = push_manifests(context, Network(context, registries_of(project)),
                                     {.image = layout.folder().filename().string(),
                                      .target = to,
                                      .tags = {tag},
                                      .manifests = manifests,
                                      .blobs = [&](const oci::Digest& digest) { return blobs.file(digest); }},
                                     settings);
  return {.reference = oci::PinnedReference{to.host, to.repository, tag, root.digest}.text(),
          .digest = root.digest,
          .names = names_of(index),
          .blobs_moved = report.blobs_sent,
          .bytes_moved = report.bytes_sent,
          .blobs_present = report.blobs_present};
}

// --- from a registry

std::string with_tag(const std::string& from) {
  auto reference = oci::parse_reference(from);
  if (auto* remote = std::get_if<oci::RegistryReference>(&reference))
    if (remote->tag.empty() && !remote->digest) remote->tag = vendor_tag;
  return oci::text(reference);
}

oci::Manifest read_manifest(const SourceImage& source, const oci::Descriptor& root) {
  const auto name = cat("`", source.reader.name, "`");
  if (oci::is_manifest(root.media_type)) {
    auto manifest = oci::parse_manifest(source.reader.text(root), root.media_type, name);
    if (manifest.artifact_type == artifact_type && manifest.config.media_type == index_type) return manifest;
  }
  throw Error(ErrorKind::input, cat(name, " is not a vendor artifact"),
              "push one with `lapstrake vendor --to HOST/REPO`");
}

oci::Index read_index(const SourceImage& source, const oci::Manifest& manifest) {
  const auto name = cat("`", source.reader.name, "`");
  auto index = oci::parse_index(source.reader.text(manifest.config), oci::media_type::index, cat("index of ", name));
  for (const auto& entry : index.manifests)
    if (!is_vendored_entry(entry))
      throw Error(ErrorKind::integrity,
                  cat("an entry of ", name, " has the wrong name `", printable(vendored_name(entry), 200), "`"));
  return index;
}

class Pulling {
 public:
  Pulling(const Context& context, const spec::Project* project, const std::string& from, const store::Layout& layout)
      : context_(context),
        layout_(layout),
        source_(open_image(context, project, from)),
        root_(source_.reader.root()),
        manifest_(read_manifest(source_, root_)),
        index_(read_index(source_, manifest_)) {}

  VendorArtifact run() {
    VendorArtifact done{.reference = reference(), .digest = root_.digest, .names = names_of(index_)};
    const auto& blobs = manifest_.layers;
    parallel_for_each(
        blobs.size(), most_transfers, [&](std::size_t i) { take(blobs[i], done); }, context_.runtime.stop);
    require_complete();
    add_to_vendor_folder(layout_, index_.manifests);
    return done;
  }

 private:
  std::string reference() const {
    if (!source_.remote) return cat(source_.reader.name, "@", root_.digest.text());
    return oci::PinnedReference{source_.remote->host, source_.remote->repository, source_.remote->tag, root_.digest}
        .text();
  }

  void take(const oci::Descriptor& blob, VendorArtifact& done) {
    const auto read = [&](const Sink& sink) { read_blob(context_, source_, blob, sink); };
    const bool is_new = layout_.put(blob, read, context_.runtime.stop);
    const std::lock_guard lock(mutex_);
    if (is_new)
      ++done.blobs_moved, done.bytes_moved += blob.size;
    else
      ++done.blobs_present;
  }

  // Only the blobs of the artifact were verified; others in the folder may be damaged.
  void require_complete() const {
    Blobs listed, wanted;
    for (const auto& blob : manifest_.layers) add(listed, blob);
    const auto is_listed = [&](const oci::Digest& blob) { return listed.contains(blob); };
    for (const auto& entry : index_.manifests) {
      if (!is_listed(entry.digest)) throw incomplete(entry.digest);
      add_all(layout_, entry, is_listed, wanted);
    }
    for (const auto& blob : wanted)
      if (!is_listed(blob.first)) throw incomplete(blob.first);
  }
  Error incomplete(const oci::Digest& blob) const {
    return Error(ErrorKind::integrity,
                 cat("`", source_.reader.name, "` is not complete: it lacks the blob ", blob.text()),
                 "push it again with `lapstrake vendor --to HOST/REPO`");
  }

  const Context& context_;
  const store::Layout& layout_;
  SourceImage source_;
  oci::Descriptor root_;
  oci::Manifest manifest_;
  oci::Index index_;
  std::mutex mutex_;
};

}  // namespace

VendorArtifact push_vendored(const Context& context, const spec::Project* project, const std::filesystem::path& folder,
                             const oci::RegistryReference& to, const PushSettings& settings) {
  return step(cat("pushing `", folder.string(), "` to `", to.text(), "`"), [&] {
    if (to.digest)
      throw Error(ErrorKind::usage, cat("`--to ", to.text(), "` must not have a digest"), "use HOST/REPO[:TAG]");
    return push(context, project, vendor_layout(folder), to, settings);
  });
}

VendorArtifact pull_vendored(const Context& context, const spec::Project* project, const std::string& from,
                             const std::filesystem::path& folder) {
  return step(cat("bringing `", from, "` to `", folder.string(), "`"), [&] {
    const auto layout = vendor_layout(folder);
    require_vendor_folder(layout, context.store_root);
    const auto name = with_tag(from);
    Pulling pulling(context, project, name, layout);
    create_vendor_folder(context, layout);
    return pulling.run();
  });
}

}  // namespace lapstrake::app
