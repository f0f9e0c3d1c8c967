#include "staged_blobs.hpp"

namespace lapstrake::app {

StagedBlobs::StagedBlobs(const std::vector<registry::PushedManifest>& manifests, Source source)
    : source_(std::move(source)) {
  for (const auto& manifest : manifests)
    for (const auto& blob : manifest.blobs) blobs_.emplace(blob.digest, blob);
}

std::filesystem::path StagedBlobs::file(const oci::Digest& digest) {
  const auto& blob = blobs_.at(digest);
  if (auto existing = source_.file(blob)) return *existing;
  AtomicFile staged(source_.scratch, "free some space, or point `--store` (LAPSTRAKE_STORE) at a larger disk");
  source_.read(blob, [&](Bytes bytes) { staged.write(bytes); });
  const std::lock_guard lock(mutex_);
  return files_.insert_or_assign(digest, std::move(staged)).first->second.path();
}

void StagedBlobs::drop(const oci::Digest& digest) {
  const std::lock_guard lock(mutex_);
  files_.erase(digest);
}

}  // namespace lapstrake::app
