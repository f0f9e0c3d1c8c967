#include "passage.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {

Passage::Passage(const Context& context, const Origin& origin, const store::Store& store,
                 const std::vector<registry::PushedManifest>& manifests)
    : context_(context), origin_(origin), store_(store) {
  for (const auto& manifest : manifests)
    for (const auto& blob : manifest.blobs) blobs_.emplace(blob.digest, blob);
}

std::filesystem::path Passage::bring(const oci::Digest& digest) {
  if (origin_.distant && store_.has(digest)) return store_.blob_path(digest);
  const auto& blob = blobs_.at(digest);
  if (origin_.place.file)
    if (auto file = origin_.place.file(blob)) return *file;
  AtomicFile file(store_.scratch(), "free some space, or point `--store` (LAPSTRAKE_STORE) at a larger disk");
  step(cat("reading the blob from `", origin_.place.name, "`"),
       [&] { read_told(context_, origin_, blob, [&](Bytes bytes) { file.write(bytes); }); });
  const std::lock_guard lock(mutex_);
  return files_.insert_or_assign(digest, std::move(file)).first->second.path();
}

void Passage::drop(const oci::Digest& digest) {
  const std::lock_guard lock(mutex_);
  files_.erase(digest);
}

}  // namespace lapstrake::app
