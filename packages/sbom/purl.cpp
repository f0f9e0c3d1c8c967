#include <lapstrake/packages/sbom/purl.hpp>

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::sbom {
namespace {

// purl-spec, "Character encoding": a colon is never encoded.
std::string encoded(std::string_view text) { return percent_encode(text, ":"); }

std::string encoded_path(std::string_view text) {
  std::string out;
  for (const auto& part : split(text, '/')) {
    if (part.empty()) continue;
    out += cat(out.empty() ? "" : "/", encoded(part));
  }
  return out;
}

std::pair<std::string, std::string> at_last_slash(const std::string& text) {
  const auto slash = text.rfind('/');
  if (slash == std::string::npos) return {{}, text};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

Purl system_purl(std::string type, const SystemPackage& package, const Distribution& distribution) {
  Purl out{.type = std::move(type),
           .space = lower(distribution.id),
           .name = lower(package.name),
           .version = package.version,
           .qualifiers = {{"arch", package.architecture}, {"distro", distribution.text()}}};
  const auto& source = package.source.empty() ? package.name : package.source;
  const auto& version = package.source_version.empty() ? package.version : package.source_version;
  // As Syft writes it and Grype reads it.
  if (version != package.version)
    out.qualifiers.emplace("upstream", cat(source, "@", version));
  else if (source != package.name)
    out.qualifiers.emplace("upstream", source);
  return out;
}

}  // namespace

std::string Purl::text() const {
  std::string out = cat("pkg:", type, "/");
  if (const auto folder = encoded_path(space); !folder.empty()) out += cat(folder, "/");
  out += encoded(name);
  if (!version.empty()) out += cat("@", encoded(version));
  char before = '?';
  for (const auto& [key, value] : qualifiers) {
    if (value.empty()) continue;
    out += cat(before, key, "=", percent_encode(value, ":/"));
    before = '&';
  }
  return out;
}

Purl deb_purl(const SystemPackage& package, const Distribution& distribution) {
  return system_purl("deb", package, distribution);
}

Purl apk_purl(const SystemPackage& package, const Distribution& distribution) {
  return system_purl("apk", package, distribution);
}

Purl pypi_purl(std::string_view name, const std::string& version) {
  return {.type = "pypi", .name = replace_all(lower(name), "_", "-"), .version = version};
}

Purl npm_purl(const std::string& name, const std::string& version) {
  auto [scope, rest] = at_last_slash(name);
  return {.type = "npm", .space = std::move(scope), .name = std::move(rest), .version = version};
}

Purl composer_purl(const std::string& name, const std::string& version) {
  auto [vendor, rest] = at_last_slash(lower(name));
  return {.type = "composer", .space = std::move(vendor), .name = std::move(rest), .version = version};
}

Purl file_purl(const std::string& name, const std::string& url, const oci::Digest& digest) {
  return {.type = "generic", .name = name, .qualifiers = {{"checksum", digest.text()}, {"download_url", url}}};
}

Purl image_purl(const std::string& repository, const std::string& tag, const oci::Digest& digest,
                const std::string& architecture) {
  const bool is_in_registry = repository.find('/') != std::string::npos;
  return {.type = "oci",
          .name = lower(at_last_slash(repository).second),
          .version = digest.text(),
          .qualifiers = {{"arch", architecture}, {"repository_url", is_in_registry ? repository : ""}, {"tag", tag}}};
}

}  // namespace lapstrake::packages::sbom
