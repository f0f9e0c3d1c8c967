#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/layout.hpp>

#include "layout_files.hpp"

namespace lapstrake::store {
namespace {

template <class Act>
auto with_cure(const std::string& cure, Act&& act) {
  try {
    return act();
  } catch (Error& error) {
    if (!cure.empty()) error.helped_by(cure);
    throw;
  }
}

}  // namespace

Layout::Layout(std::filesystem::path folder, std::string cure) : folder_(std::move(folder)), cure_(std::move(cure)) {}

std::filesystem::path Layout::blob_path(const oci::Digest& digest) const { return folder_ / blob_name(digest); }

bool Layout::exists() const {
  std::error_code failure;
  return std::filesystem::exists(folder_ / "oci-layout", failure);
}

bool Layout::is_unused() const {
  std::error_code failure;
  for (std::filesystem::directory_iterator each(folder_, failure), end; !failure && each != end;
       each.increment(failure))
    if (const auto name = each->path().filename().string(); name != "blobs" && !is_temporary_name(name)) return false;
  if (failure) throw Error(ErrorKind::input, cat("cannot list `", folder_.string(), "`: ", reason(failure.value())));
  return true;
}

bool Layout::has(const oci::Digest& digest) const {
  std::error_code failure;
  return std::filesystem::is_regular_file(blob_path(digest), failure);
}

bool Layout::has_intact(const oci::Descriptor& blob, const std::stop_token& stop) const {
  const auto file = blob_path(blob.digest);
  std::error_code failure;
  if (!has(blob.digest) || std::filesystem::file_size(file, failure) != blob.size) return false;
  Sha256 hash;
  drain(
      file_source(file), [&](Bytes bytes) { hash.write(bytes); }, stop);
  return oci::Digest(hash.finish()) == blob.digest;
}

Source Layout::open(const oci::Descriptor& blob) const {
  auto bytes = with_cure(cure_, [&] {
    return oci::verified(file_source(blob_path(blob.digest)), blob.digest, blob.size,
                         cat("blob ", blob.digest.text(), " of `", folder_.string(), "`"));
  });
  return [cure = cure_, bytes = std::move(bytes)](std::span<std::byte> room) {
    return with_cure(cure, [&] { return bytes(room); });
  };
}

std::string Layout::text(const oci::Descriptor& blob) const {
  return read_all(open(blob), most_text_bytes, cat("blob ", blob.digest.brief(), " of `", folder_.string(), "`"));
}

oci::ImageReader Layout::reader(const std::string& name, const oci::Descriptor& root) const {
  return {.name = name,
          .root = [root] { return root; },
          .text = [self = *this](const oci::Descriptor& blob) { return self.text(blob); },
          .open = [self = *this](const oci::Descriptor& blob) { return self.open(blob); }};
}

std::optional<oci::Index> Layout::index() const {
  const auto file = folder_ / "index.json";
  std::error_code failure;
  if (!std::filesystem::exists(file, failure)) return std::nullopt;
  return with_cure(cure_, [&] {
    return oci::parse_index(read_file(file, most_text_bytes), oci::media_type::index, cat("`", file.string(), "`"));
  });
}

std::optional<oci::Descriptor> Layout::find(const oci::Digest& digest) const {
  const auto entries = index();
  if (!entries) return std::nullopt;
  for (auto entry : entries->manifests)
    if (entry.digest == digest && has(digest)) {
      entry.annotations.clear();
      return entry;
    }
  return std::nullopt;
}

void Layout::create() const {
  make_folder(folder_);
  const auto file = folder_ / "oci-layout";
  if (exists()) {
    check_layout_text(read_file(file, most_text_bytes), cat("`", file.string(), "`"));
  } else {
    if (!is_unused())
      throw Error(ErrorKind::input,
                  cat("cannot write an image layout into `", folder_.string(), "`: it contains other files"),
                  "use a new folder or an existing layout");
    write_file(file, layout_text);
  }
  make_folder(folder_ / "blobs");
  make_folder(folder_ / "blobs/sha256");
}

bool Layout::put(const oci::Descriptor& blob, const std::function<void(const Sink&)>& read,
                 const std::stop_token& stop) const {
  if (has_intact(blob, stop)) return false;
  AtomicFile file(folder_, {}, AtomicFile::Aside::unnamed);
  read([&](Bytes bytes) { file.write(bytes); });
  file.publish(blob_path(blob.digest), 0644);
  return true;
}

void Layout::write_index(const oci::Index& index) const { write_file(folder_ / "index.json", render(index)); }

oci::Index empty_index() { return {.media_type = std::string(oci::media_type::index)}; }

}  // namespace lapstrake::store
