#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/push.hpp>
#include <mutex>
#include <set>

namespace lapstrake::registry {
namespace {

constexpr unsigned most_resends = 3;  // of missing blobs, for one manifest or tag

class Push {
 public:
  Push(const Repository& repository, const std::vector<PushedManifest>& manifests, const BlobPath& blobs,
       const PushOptions& options)
      : repository_(repository), manifests_(manifests), blobs_(blobs), options_(options) {
    std::set<oci::Digest> seen;
    for (const auto& manifest : manifests)
      for (const auto& blob : manifest.blobs)
        if (blob.urls.empty() && seen.insert(blob.digest).second) unique_.push_back(&blob);
  }

  PushReport run() {
    if (manifests_.empty()) throw Error(ErrorKind::internal, "no manifest to push");
    if (is_complete()) {
      report_.all_present = true;
      report_.blobs_present = unique_.size();
      return report_;
    }
    parallel_for_each(
        unique_.size(), options_.jobs, [&](std::size_t i) { upload(i, false); }, options_.stop);
    for (const auto& manifest : manifests_) {
      const auto& root_or_child = manifest.descriptor;
      put(cat("sending the manifest ", root_or_child.digest.brief()), manifest, root_or_child.digest.text());
      report({.kind = PushEvent::Kind::manifest, .blob = root_or_child});
    }
    for (const auto& tag : options_.tags) {
      put(cat("setting the tag `", tag, "`"), root(), tag);
      report({.kind = PushEvent::Kind::tag, .blob = root().descriptor, .tag = tag});
    }
    return report_;
  }

 private:
  const PushedManifest& root() const { return manifests_.back(); }

  // A registry rejects a manifest with missing blobs, so if the root is there, everything is.
  bool is_complete() {
    auto asked = options_.tags;
    if (asked.empty()) asked.push_back(root().descriptor.digest.text());
    for (const auto& tag_or_digest : asked)
      if (!has_root(tag_or_digest)) return false;
    for (const auto& tag : options_.tags) report({.kind = PushEvent::Kind::tag, .blob = root().descriptor, .tag = tag});
    return true;
  }
  bool has_root(const std::string& tag_or_digest) {
    stop_point(options_.stop);
    try {
      const auto found = repository_.find_manifest(tag_or_digest);
      return found && found->digest == root().descriptor.digest;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::access) throw;
      return false;  // a role may have permission to push but not to read; a wrong login fails at the first blob
    }
  }

  // `force`: send it even if the registry reports it as present.
  void upload(std::size_t i, bool force) {
    const auto& blob = *unique_[i];
    const auto kind = oci::is_layer(blob.media_type) ? "layer" : "blob";
    step(cat("sending blob ", i + 1, " of ", unique_.size(), " (", kind, " ", blob.digest.brief(), ", ",
             human_size(blob.size), ")"),
         [&] {
           report({.kind = PushEvent::Kind::checking, .blob = blob});
           if (!force && repository_.has_blob(blob.digest, blob.size)) {
             report({.kind = PushEvent::Kind::present, .blob = blob});
             return;
           }
           const auto from = !force && options_.mount_source ? options_.mount_source(blob.digest) : std::string();
           if (send(blob, from)) {
             report({.kind = PushEvent::Kind::mounted, .blob = blob});
             return;
           }
           report({.kind = PushEvent::Kind::sent, .blob = blob, .sent = blob.size});
         });
  }

  // True: mounted from the repository `from`.
  bool send(const oci::Descriptor& blob, const std::string& from) {
    const auto progress = [&](std::uint64_t sent) {
      report({.kind = PushEvent::Kind::sending, .blob = blob, .sent = sent});
    };
    if (!from.empty())
      return repository_.mount_or_put_blob(
          blob, from, [&] { return blobs_(blob.digest); }, progress);
    repository_.put_blob(blob, blobs_(blob.digest), progress);
    return false;
  }

  void put(const std::string& what, const PushedManifest& manifest, const std::string& tag_or_digest) {
    for (unsigned attempt = 1;; ++attempt) {
      stop_point(options_.stop);
      try {
        return step(what,
                    [&] { repository_.put_manifest(tag_or_digest, manifest.text, manifest.descriptor.media_type); });
      } catch (const Error& error) {
        if (error.code() != ErrorCode::missing_content || attempt > most_resends) throw;
      }
      send_missing(attempt);
    }
  }

  // The registry lacks a blob that it had or just received. It may only need a moment, so wait and send the blobs that
  // it reports as missing; in the last attempt send all blobs.
  void send_missing(unsigned attempt) {
    repository_.runtime().sleep(std::chrono::milliseconds(500u << (attempt - 1)));
    parallel_for_each(
        unique_.size(), options_.jobs,
        [&](std::size_t i) {
          if (attempt == most_resends || !wait_for(*unique_[i])) upload(i, attempt == most_resends);
        },
        options_.stop);
  }
  bool wait_for(const oci::Descriptor& blob) const {
    for (const int wait : {200, 500, 1000, 0}) {
      if (repository_.has_blob(blob.digest, blob.size)) return true;
      if (wait > 0) repository_.runtime().sleep(std::chrono::milliseconds(wait));
    }
    return false;
  }

  void report(const PushEvent& event) {
    const std::lock_guard lock(mutex_);
    if (event.kind == PushEvent::Kind::present || event.kind == PushEvent::Kind::mounted) ++report_.blobs_present;
    if (event.kind == PushEvent::Kind::sent) {
      ++report_.blobs_sent;
      report_.bytes_sent += event.blob.size;
    }
    if (options_.progress) options_.progress(event);
  }

  const Repository& repository_;
  const std::vector<PushedManifest>& manifests_;
  const BlobPath& blobs_;
  const PushOptions& options_;
  std::vector<const oci::Descriptor*> unique_;
  std::mutex mutex_;
  PushReport report_;
};

}  // namespace

PushReport push(const Repository& repository, const std::vector<PushedManifest>& manifests, const BlobPath& blobs,
                const PushOptions& options) {
  return Push(repository, manifests, blobs, options).run();
}

}  // namespace lapstrake::registry
