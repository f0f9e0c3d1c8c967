#include <algorithm>
#include <cstring>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/client.hpp>

namespace lapstrake::registry {
namespace {

constexpr std::uint64_t window = 8u << 20;
constexpr std::size_t most_manifest_bytes = 8u << 20;

// Reads a blob window by window; not verified.
class Windows {
 public:
  Windows(std::shared_ptr<const Repository> repository, const oci::Descriptor& blob)
      : repository_(std::move(repository)), blob_(blob) {}

  std::size_t operator()(std::span<std::byte> room) {
    if (used_ == held_.size()) {
      if (offset_ >= blob_.size) return 0;
      held_ = repository_->get_range(blob_, offset_, std::min(window, blob_.size - offset_));
      offset_ += held_.size();
      used_ = 0;
    }
    const auto count = std::min(room.size(), held_.size() - used_);
    std::memcpy(room.data(), held_.data() + used_, count);
    used_ += count;
    return count;
  }

 private:
  std::shared_ptr<const Repository> repository_;
  oci::Descriptor blob_;
  std::string held_;
  std::size_t used_ = 0;
  std::uint64_t offset_ = 0;
};

std::string config_text(const Repository& repository, const oci::Descriptor& blob) {
  if (blob.size > most_manifest_bytes)
    throw Error(ErrorKind::integrity, cat("the blob ", blob.digest.text(), " of `", repository.name(),
                                          "` is too large for a config: ", human_size(blob.size)));
  std::string text;
  repository.get_blob(blob, [&](Bytes bytes) { text += as_text(bytes); });
  return text;
}

}  // namespace

oci::ImageReader image_reader(std::shared_ptr<const Repository> repository, const oci::RegistryReference& reference) {
  const auto wanted = reference.digest ? reference.digest->text() : reference.tag.empty() ? "latest" : reference.tag;
  return {
      .name = reference.text(),
      .root =
          [=] {
            const auto found = repository->find_manifest(wanted);
            if (!found)
              throw Error(ErrorKind::network, cat("`", repository->name(), "` has no image `", wanted, "`"),
                          "check the spelling of the repository and the tag");
            return *found;
          },
      .text =
          [=](const oci::Descriptor& descriptor) {
            if (!oci::is_manifest(descriptor.media_type) && !oci::is_index(descriptor.media_type))
              return config_text(*repository, descriptor);
            auto text = repository->get_manifest(descriptor.digest.text());
            if (text.descriptor.size != descriptor.size)
              throw Error(ErrorKind::integrity,
                          cat("the manifest ", descriptor.digest.text(), " of `", repository->name(), "` has ",
                              text.descriptor.size, " bytes, not ", descriptor.size));
            return std::move(text.text);
          },
      .open =
          [=](const oci::Descriptor& descriptor) {
            return oci::verified(Windows(repository, descriptor), descriptor.digest, descriptor.size,
                                 cat("the blob ", descriptor.digest.text(), " of `", repository->name(), "`"));
          },
  };
}

}  // namespace lapstrake::registry
