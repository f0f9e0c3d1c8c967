#include "passage.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {

Passage::Passage(const Context& context, const SourceImage& source, const store::Store& store,
                 const std::vector<registry::PushedManifest>& manifests)
    : context_(context), source_(source), store_(store) {
  for (const auto& manifest : manifests)
    for (const auto& blob : manifest.blobs) blobs_.emplace(blob.digest, blob);
}

std::filesystem::path Passage::bring(const oci::Digest& digest) {
  if (source_.remote_layers && store_.has(digest)) return store_.blob_path(digest);
  const auto& blob = blobs_.at(digest);
  if (source_.place.file)
    if (auto file = source_.place.file(blob)) return *file;
  AtomicFile file(store_.scratch(), "free some space, or point `--store` (LAPSTRAKE_STORE) at a larger disk");
  step(cat("reading the blob from `", source_.place.name, "`"),
       [&] { read_blob(context_, source_, blob, [&](Bytes bytes) { file.write(bytes); }); });
  const std::lock_guard lock(mutex_);
  return files_.insert_or_assign(digest, std::move(file)).first->second.path();
}

void Passage::drop(const oci::Digest& digest) {
  const std::lock_guard lock(mutex_);
  files_.erase(digest);
}

}  // namespace lapstrake::app
