#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <lapstrake/app/publish/copy.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/image_files.hpp>
#include <lapstrake/store/layout.hpp>
#include <map>
#include <memory>

#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/images/manifests.hpp>
#include <lapstrake/app/images/source_image.hpp>
#include <lapstrake/app/publish/push_image.hpp>
#include "staged_blobs.hpp"

namespace lapstrake::app {
namespace {

// Removed, with all that is in it, at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "lapstrake-copy-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw Error(ErrorKind::input, cat("cannot create folder `", name, "`: ", reason(errno)),
                  "set TMPDIR to a writable folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Copying {
 public:
  Copying(const Context& context, const spec::Project* project, const std::string& source)
      : context_(context),
        project_(project),
        source_(open_image(context, project, source)),
        root_(selected_root(context, source_.reader)) {
    if (root_.digest != source_.reader.root().digest) index_ = source_.reader.root().digest;
  }

  CopiedImage run(const oci::Reference& to, const PushSettings& settings) {
    const auto* remote = std::get_if<oci::RegistryReference>(&to);
    if (remote != nullptr)
      require_digest(*remote);
    else
      require_fit(std::get<oci::DiskReference>(to));
    manifests_ = manifests_of(source_.reader, root_);
    warn_of_foreign_layers();
    auto copied = remote != nullptr ? to_registry(*remote, settings) : to_disk(std::get<oci::DiskReference>(to));
    copied.root = root_;
    copied.source_index = index_;
    return copied;
  }

 private:
  void require_digest(const oci::RegistryReference& to) const {
    if (!to.digest || *to.digest == root_.digest) return;
    throw Error(ErrorKind::integrity, cat("the digest of `", source_.reader.name, "` differs from `", to.text(), "`"),
                index_ ? "remove `--platform` to copy the whole index" : "")
        .because(
            cat(index_ ? "the digest of its manifest for the platform is " : "its digest is ", root_.digest.text()));
  }
  void require_fit(const oci::DiskReference& to) const {
    if (to.form != oci::DiskReference::Form::docker_archive || !oci::is_index(root_.media_type)) return;
    const auto platforms = platforms_of(source_.reader, root_);
    throw Error(ErrorKind::usage,
                cat("a docker-archive holds only one platform, but `", source_.reader.name, "` is an index"),
                cat("choose one with `--platform ", platforms.empty() ? "OS/ARCH" : printable(platforms[0].text(), 80),
                    "`, or copy to `oci-archive:FILE`"));
  }

  void warn_of_foreign_layers() const {
    for (const auto& manifest : manifests_)
      for (const auto& blob : manifest.blobs)
        if (!blob.urls.empty())
          context_.report.progress({.kind = Event::Kind::warning,
                                    .text = cat("skipped foreign layer ", blob.digest.text(), ", stored at ",
                                                printable(blob.urls.front(), 200))});
  }

  // containers/image looks for OCI's media types alone in a layout.
  void warn_of_docker_types(const oci::DiskReference& to) const {
    if (root_.media_type != oci::media_type::docker_manifest && root_.media_type != oci::media_type::docker_index)
      return;
    context_.report.progress(
        {.kind = Event::Kind::warning,
         .text = cat("`", source_.reader.name, "` has Docker schema 2 manifests, which are copied unchanged: ",
                     "lapstrake can read `", to.text(), "`, but skopeo and podman cannot")});
  }

  // --- into a registry

  CopiedImage to_registry(const oci::RegistryReference& to, const PushSettings& settings) {
    const Network network(context_, registries_of(project_));
    const auto tag = to.tag.empty() && !to.digest ? std::string("latest") : to.tag;
    const auto scratch = store();
    StagedBlobs blobs(manifests_, {.scratch = scratch.scratch(),
                                   .file = [&](const oci::Descriptor& blob) { return existing_file(blob); },
                                   .read = [&](const oci::Descriptor& blob, const Sink& sink) { read(blob, sink); }});
    const auto report =
        push_manifests(context_, network,
                       {.image = source_.reader.name,
                        .target = to,
                        .tags = tag.empty() ? std::vector<std::string>{} : std::vector<std::string>{tag},
                        .manifests = manifests_,
                        .blobs = [&](const oci::Digest& digest) { return blobs.file(digest); },
                        .mount_source = [&](const oci::Digest& blob) { return mount_source(blob, to); },
                        .on_event =
                            [&](const registry::PushEvent& event) {
                              if (event.kind == registry::PushEvent::Kind::sent) blobs.drop(event.blob.digest);
                            }},
                       settings);
    return {.reference = oci::PinnedReference{to.host, to.repository, tag, root_.digest}.text(),
            .root = root_,
            .blobs_sent = report.blobs_sent,
            .bytes_sent = report.bytes_sent,
            .blobs_present = report.blobs_present};
  }

  // Files of a layout are used directly; they are verified while they are sent, before their last byte.
  std::optional<std::filesystem::path> existing_file(const oci::Descriptor& blob) const {
    if (source_.remote_layers) return source_.remote_layers->file(blob);
    return source_.reader.file ? source_.reader.file(blob) : std::nullopt;
  }
  void read(const oci::Descriptor& blob, const Sink& sink) const {
    step(cat("reading the blob from `", source_.reader.name, "`"), [&] { read_blob(context_, source_, blob, sink); });
  }

  // A registry can mount blobs of another repository.
  std::string mount_source(const oci::Digest& blob, const oci::RegistryReference& to) const {
    if (source_.remote_layers) return source_.remote_layers->mount_source(blob, to);
    const bool is_mountable =
        source_.remote && source_.remote->host == to.host && source_.remote->repository != to.repository;
    return is_mountable ? source_.remote->repository : std::string();
  }
  // Nothing that is copied has to stay: where the store cannot be written, one in TMPDIR does for this run.
  store::Store store() {
    if (source_.remote_layers) return source_.remote_layers->store();
    std::string why = "it is read-only";
    try {
      auto own = store::Store::open(context_.store_root);
      if (::access(own.scratch().c_str(), W_OK | X_OK) == 0) return own;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::input) throw;
      why = error.summary();
    }
    temporary_ = std::make_unique<TemporaryFolder>();
    if (context_.report.log)
      context_.report.log(cat("using `", temporary_->path().string(), "` instead of the store (", why, ")"));
    return store::Store::open(temporary_->path());
  }

  // --- onto the disk

  CopiedImage to_disk(const oci::DiskReference& to) {
    const auto to_store = store();
    const auto blobs = own_blobs();
    parallel_for_each(
        blobs.size(), most_transfers, [&](std::size_t i) { take(to_store, blobs[i], to); }, context_.runtime.stop);
    for (const auto& manifest : manifests_) to_store.put(manifest.text, manifest.descriptor.media_type);
    if (to.form != oci::DiskReference::Form::docker_archive) warn_of_docker_types(to);
    const auto tag = !to.tag.empty() ? to.tag : !source_.tag.empty() ? source_.tag : std::string("latest");
    step(cat("writing `", to.text(), "`"), [&] { write(to_store, to, tag); });
    auto named = to;
    if (to.form != oci::DiskReference::Form::docker_archive) named.tag = tag;
    return {.reference = cat(named.text(), "@", root_.digest.text()), .root = root_};
  }

  void write(const store::Store& store, const oci::DiskReference& to, const std::string& tag) const {
    const auto& stop = context_.runtime.stop;
    switch (to.form) {
      case oci::DiskReference::Form::layout: return store::write_layout(store, root_, to.path, tag, stop);
      case oci::DiskReference::Form::oci_archive:
        return store::write_oci_archive(store, root_, to.path, tag, to.tag.empty() ? full_names() : no_names, stop);
      case oci::DiskReference::Form::docker_archive: break;
    }
    store::write_docker_archive(store, root_, to.path, to.tag.empty() ? full_names() : std::vector{to.tag}, stop);
  }
  std::vector<std::string> full_names() const {
    return source_.full_name.empty() ? no_names : std::vector{source_.full_name};
  }

  void take(const store::Store& store, const oci::Descriptor& blob, const oci::DiskReference& to) const {
    if (store.has(blob)) return;
    if (to.form == oci::DiskReference::Form::layout && store::Layout(to.path).has_intact(blob, context_.runtime.stop))
      return;
    step(cat("reading the blob ", blob.digest.text(), " of `", source_.reader.name, "`"), [&] {
      auto writer = store.new_blob();
      read_blob(context_, source_, blob, [&](Bytes bytes) { writer.write(bytes); });
      writer.commit(blob.digest, store::Store::Existing::replace);
    });
  }
  // Each once, without those that are stored elsewhere.
  std::vector<oci::Descriptor> own_blobs() const {
    std::map<oci::Digest, oci::Descriptor> blobs;
    for (const auto& manifest : manifests_)
      for (const auto& blob : manifest.blobs)
        if (blob.urls.empty()) blobs.emplace(blob.digest, blob);
    std::vector<oci::Descriptor> out;
    for (auto& [digest, blob] : blobs) out.push_back(std::move(blob));
    return out;
  }

  static inline const std::vector<std::string> no_names{};

  const Context& context_;
  const spec::Project* project_;
  std::unique_ptr<TemporaryFolder> temporary_;
  SourceImage source_;
  oci::Descriptor root_;
  std::optional<oci::Digest> index_;
  std::vector<registry::PushedManifest> manifests_;
};

}  // namespace

CopiedImage copy(const Context& context, const spec::Project* project, const std::string& source,
                 const oci::Reference& to, const PushSettings& settings) {
  return step(cat("copying `", source, "` to `", oci::text(to), "`"), [&] {
    auto copied = Copying(context, project, source).run(to, settings);
    if (copied.source_index)
      context.report.progress({.kind = Event::Kind::note,
                               .text = cat("copied one platform of the index ", copied.source_index->text(),
                                           "; its digest differs: ", copied.root.digest.text())});
    return copied;
  });
}

}  // namespace lapstrake::app
