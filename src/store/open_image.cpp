#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/image_files.hpp>
#include <memory>

#include "archive_index.hpp"
#include "docker_archive.hpp"
#include "layout_files.hpp"
#include "layout_reader.hpp"

namespace lapstrake::store {
namespace {

std::string without_tag(const oci::DiskReference& reference) {
  return oci::DiskReference{.form = reference.form, .path = reference.path}.text();
}

oci::ImageReader open_folder(const oci::DiskReference& reference) {
  std::error_code ignored;
  if (!std::filesystem::exists(reference.path, ignored))
    throw Error(ErrorKind::input,
                cat("cannot read `", reference.text(), "`: `", reference.path.string(), "` does not exist"));
  if (!std::filesystem::is_directory(reference.path, ignored))
    throw Error(ErrorKind::input,
                cat("cannot read `", reference.text(), "`: `", reference.path.string(), "` is not a folder"),
                cat("if it is an archive, name it `oci-archive:", reference.path.string(), "`"));
  const auto open = [folder = reference.path](const std::string& name) -> std::optional<Source> {
    std::error_code absent;
    if (!std::filesystem::exists(folder / name, absent)) return std::nullopt;
    return file_source(folder / name);
  };
  auto reader = layout_reader({.name = reference.text(), .where = without_tag(reference), .open = open}, reference.tag);
  reader.file = [folder = reference.path](const oci::Descriptor& blob) -> std::optional<std::filesystem::path> {
    std::error_code failure;
    auto file = folder / blob_name(blob.digest);
    if (!std::filesystem::is_regular_file(file, failure) || std::filesystem::file_size(file, failure) != blob.size)
      return std::nullopt;
    return file;
  };
  return reader;
}

oci::ImageReader open_oci_archive(const oci::DiskReference& reference,
                                  const std::shared_ptr<const ArchiveIndex>& archive) {
  const auto open = [archive](const std::string& name) {
    const auto member = archive->find(name);
    return member ? std::optional(archive->open(*member)) : std::nullopt;
  };
  return layout_reader({.name = reference.text(), .where = without_tag(reference), .open = open}, reference.tag);
}

}  // namespace

oci::ImageReader open_image(const oci::DiskReference& reference, const std::filesystem::path& scratch,
                            const std::stop_token& stop) {
  if (reference.form == oci::DiskReference::Form::layout) return open_folder(reference);
  const auto archive = std::make_shared<const ArchiveIndex>(reference.path, scratch, stop);
  if (reference.form == oci::DiskReference::Form::oci_archive) return open_oci_archive(reference, archive);
  return docker_archive_reader(archive, reference.text(), reference.tag);
}

}  // namespace lapstrake::store
