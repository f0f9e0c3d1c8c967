#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/push.hpp>
#include <mutex>
#include <set>

namespace lapstrake::registry {
namespace {

constexpr unsigned most_rounds = 3;  // of healing

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
    if (manifests_.empty()) throw Error(ErrorKind::internal, "there is no manifest to push");
    if (everything_is_there()) {
      report_.all_present = true;
      report_.blobs_present = unique_.size();
      return report_;
    }
    parallel_for_each(
        unique_.size(), options_.jobs, [&](std::size_t i) { bring(i, false); }, options_.stop);
    for (const auto& manifest : manifests_) {
      const auto& root_or_child = manifest.descriptor;
      put(cat("sending the manifest ", root_or_child.digest.brief()), manifest, root_or_child.digest.text());
      tell({.kind = PushEvent::Kind::manifest, .blob = root_or_child});
    }
    for (const auto& tag : options_.tags) {
      put(cat("setting the tag `", tag, "`"), root(), tag);
      tell({.kind = PushEvent::Kind::tag, .blob = root().descriptor, .tag = tag});
    }
    return report_;
  }

 private:
  const PushedManifest& root() const { return manifests_.back(); }

  // A registry takes no manifest whose blobs it lacks: where the root is, all is.
  bool everything_is_there() {
    auto asked = options_.tags;
    if (asked.empty()) asked.push_back(root().descriptor.digest.text());
    for (const auto& tag_or_digest : asked)
      if (!is_there(tag_or_digest)) return false;
    for (const auto& tag : options_.tags) tell({.kind = PushEvent::Kind::tag, .blob = root().descriptor, .tag = tag});
    return true;
  }
  bool is_there(const std::string& tag_or_digest) {
    stop_point(options_.stop);
    try {
      const auto found = repository_.find_manifest(tag_or_digest);
      return found && found->digest == root().descriptor.digest;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::access) throw;
      return false;  // a role may be allowed to push and not to read; a wrong login fails at the first blob
    }
  }

  // `anew`: send it even if the registry says that it is there.
  void bring(std::size_t i, bool anew) {
    const auto& blob = *unique_[i];
    const auto kind = oci::is_layer(blob.media_type) ? "layer" : "blob";
    step(cat("sending blob ", i + 1, " of ", unique_.size(), " (", kind, " ", blob.digest.brief(), ", ",
             human_size(blob.size), ")"),
         [&] {
           tell({.kind = PushEvent::Kind::checking, .blob = blob});
           if (!anew && repository_.has_blob(blob.digest, blob.size)) {
             tell({.kind = PushEvent::Kind::present, .blob = blob});
             return;
           }
           const auto from = !anew && options_.neighbour ? options_.neighbour(blob.digest) : std::string();
           if (send(blob, from)) {
             tell({.kind = PushEvent::Kind::mounted, .blob = blob});
             return;
           }
           tell({.kind = PushEvent::Kind::sent, .blob = blob, .sent = blob.size});
         });
  }

  // True: the repository `from` gave it.
  bool send(const oci::Descriptor& blob, const std::string& from) {
    const auto progress = [&](std::uint64_t sent) {
      tell({.kind = PushEvent::Kind::sending, .blob = blob, .sent = sent});
    };
    if (!from.empty())
      return repository_.mount_or_put_blob(
          blob, from, [&] { return blobs_(blob.digest); }, progress);
    repository_.put_blob(blob, blobs_(blob.digest), progress);
    return false;
  }

  void put(const std::string& what, const PushedManifest& manifest, const std::string& tag_or_digest) {
    for (unsigned round = 1;; ++round) {
      stop_point(options_.stop);
      try {
        return step(what,
                    [&] { repository_.put_manifest(tag_or_digest, manifest.text, manifest.descriptor.media_type); });
      } catch (const Error& error) {
        if (!is_missing_content(error) || round > most_rounds) throw;
      }
      heal(round);
    }
  }

  // The registry lacks a blob that it had, or that it was just sent. It may only need a moment; so what it says is
  // missing is sent after a wait, and in the last round everything, whatever it says.
  void heal(unsigned round) {
    repository_.world().sleep(std::chrono::milliseconds(500u << (round - 1)));
    parallel_for_each(
        unique_.size(), options_.jobs,
        [&](std::size_t i) {
          if (round == most_rounds || !appears(*unique_[i])) bring(i, round == most_rounds);
        },
        options_.stop);
  }
  bool appears(const oci::Descriptor& blob) const {
    for (const int wait : {200, 500, 1000, 0}) {
      if (repository_.has_blob(blob.digest, blob.size)) return true;
      if (wait > 0) repository_.world().sleep(std::chrono::milliseconds(wait));
    }
    return false;
  }

  void tell(const PushEvent& event) {
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
