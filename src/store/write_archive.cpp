#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/image_files.hpp>
#include <lapstrake/store/layout.hpp>
#include <nlohmann/json.hpp>

#include "closure.hpp"
#include "layout_files.hpp"

namespace lapstrake::store {
namespace {

class ArchiveWriter {
 public:
  explicit ArchiveWriter(const std::filesystem::path& target)
      : target_(target),
        file_(folder_of(target), {}, AtomicFile::Aside::unnamed),
        tar_([this](Bytes bytes) { file_.write(bytes); }, 0) {}

  void folder(const std::string& name) { tar_.header(entry(name, layers::Kind::directory, 0755, 0)); }
  void text(const std::string& name, std::string_view text) {
    tar_.header(entry(name, layers::Kind::file, 0644, text.size()));
    tar_.data(as_bytes(text));
  }
  void blob(const Store& store, const oci::Descriptor& blob, const std::stop_token& stop) {
    tar_.header(entry(blob_name(blob.digest), layers::Kind::file, 0644, blob.size));
    drain(
        store.open_blob(blob), [&](Bytes bytes) { tar_.data(bytes); }, stop);
  }
  void finish() {
    tar_.finish();
    file_.publish(target_, 0644);
  }

 private:
  // A rename would put the archive into the place of a device or a pipe.
  static std::filesystem::path folder_of(const std::filesystem::path& target) {
    std::error_code ignored;
    if (std::filesystem::exists(target, ignored) && !std::filesystem::is_regular_file(target, ignored))
      throw Error(ErrorKind::input,
                  cat("cannot write an archive to `", target.string(), "`: it is not a regular file"));
    return target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  }
  static layers::Entry entry(const std::string& name, layers::Kind kind, std::uint32_t mode, std::uint64_t size) {
    layers::Entry out;
    out.path = name;
    out.kind = kind;
    out.mode = mode;
    out.size = size;
    return out;
  }

  std::filesystem::path target_;
  AtomicFile file_;
  layers::TarWriter tar_;
};

oci::Descriptor called(oci::Descriptor root, const std::string& ref, const std::string& full) {
  root.annotations[std::string(oci::ref_name_annotation)] = ref;
  if (!full.empty()) root.annotations[std::string(containerd_name_annotation)] = full;
  return root;
}

bool has_tag(const std::string& name, const std::string& tag) { return name.ends_with(cat(":", tag)); }

// skopeo and umoci look for the tag, containerd and podman for the full name (facts of their readers): the entry of the
// tag carries both, and only names beyond that get entries of their own.
oci::Index archive_index(const oci::Descriptor& root, const std::string& tag, std::vector<std::string> names) {
  oci::Index index = empty_index();
  if (!tag.empty()) {
    auto best = std::ranges::find_if(names, [&](const std::string& name) { return has_tag(name, tag); });
    if (best == names.end()) best = names.begin();
    index.manifests.push_back(called(root, tag, best == names.end() ? "" : *best));
    if (best != names.end()) names.erase(best);
  }
  for (const auto& name : names) {
    auto entry = called(root, name, name);
    if (std::ranges::count(index.manifests, entry) == 0) index.manifests.push_back(std::move(entry));
  }
  if (index.manifests.empty()) index.manifests.push_back(root);
  return index;
}

// Texts first: a reader of the stream knows the image before its layers come.
void write_archive(const Store& store, const oci::Descriptor& root, const std::filesystem::path& file,
                   const oci::Index& index, const std::string& docker_manifest, const std::stop_token& stop) {
  auto blobs = exported_blobs(store, root);
  std::ranges::reverse(blobs);
  ArchiveWriter archive(file);
  archive.text("oci-layout", layout_text);
  archive.text("index.json", render(index));
  if (!docker_manifest.empty()) archive.text("manifest.json", docker_manifest);
  archive.folder("blobs");
  archive.folder("blobs/sha256");
  for (const auto& blob : blobs) archive.blob(store, blob, stop);
  archive.finish();
}

void check_names(const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (const auto reference = oci::parse_registry_reference(name); reference.tag.empty() || reference.digest)
      throw Error(ErrorKind::usage,
                  cat("`", printable(name, 200), "` is not a valid image name in an archive: use NAME:TAG"));
}

// ggcr's and BuildKit's form of `docker save`: the parts are named where the layout has them.
std::string docker_manifest(const oci::Manifest& manifest, const std::vector<std::string>& names) {
  nlohmann::ordered_json image{{"Config", blob_name(manifest.config.digest)}, {"RepoTags", names}};
  image["Layers"] = nlohmann::ordered_json::array();
  for (const auto& layer : manifest.layers) image["Layers"].push_back(blob_name(layer.digest));
  return nlohmann::ordered_json::array({image}).dump();
}

}  // namespace

void write_oci_archive(const Store& store, const oci::Descriptor& root, const std::filesystem::path& file,
                       const std::string& tag, const std::vector<std::string>& names, const std::stop_token& stop) {
  write_archive(store, root, file, archive_index(root, tag, names), "", stop);
}

void write_docker_archive(const Store& store, const oci::Descriptor& root, const std::filesystem::path& file,
                          const std::vector<std::string>& names, const std::stop_token& stop) {
  if (oci::is_index(root.media_type))
    throw Error(ErrorKind::usage, "a multi-platform image cannot be written as a docker-archive",
                "choose one with `--platform`, or write an `oci-archive:`");
  check_names(names);
  const auto text = store.reader(root.digest.text(), root).text(root);
  const auto manifest = oci::parse_manifest(text, root.media_type, cat("the manifest ", root.digest.brief()));
  write_archive(store, root, file, archive_index(root, "", names), docker_manifest(manifest, names), stop);
}

}  // namespace lapstrake::store
