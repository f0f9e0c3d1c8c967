#include <lapstrake/app/images/base_name.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {
namespace {

// Without a `/` at its end.
std::filesystem::path whole_path(const std::filesystem::path& path) {
  auto whole = std::filesystem::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

}  // namespace

std::string base_name(const oci::RegistryReference& reference) {
  auto plain = reference;
  if (plain.tag.empty() && !plain.digest) plain.tag = "latest";
  if (!plain.tag.empty()) plain.digest.reset();
  return plain.text();
}

std::optional<std::string> lock_name(const std::filesystem::path& folder, const oci::Reference& base) {
  if (const auto* remote = std::get_if<oci::RegistryReference>(&base))
    return remote->digest ? std::nullopt : std::optional(base_name(*remote));
  auto disk = std::get<oci::DiskReference>(base);
  disk.path = whole_path(disk.path).lexically_relative(whole_path(folder / lock_file_name).parent_path());
  return disk.text();
}

oci::RegistryReference pinned(oci::RegistryReference reference, const std::optional<oci::Digest>& pin) {
  if (reference.digest || !pin) return reference;
  if (reference.tag.empty()) reference.tag = "latest";
  reference.digest = pin;
  return reference;
}

std::string layer_of_base(const oci::Descriptor& layer, const std::string& base) {
  return cat("layer ", layer.digest.text(), " of the base `", base, "`");
}

}  // namespace lapstrake::app
