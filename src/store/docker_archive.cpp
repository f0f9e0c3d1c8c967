#include "docker_archive.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/oci/seen_blobs.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "layout_files.hpp"
#include "layout_reader.hpp"

namespace lapstrake::store {
namespace {

using Json = nlohmann::json;

struct Saved {
  std::string config;
  std::vector<std::string> names, layers;
};

[[noreturn]] void damaged(const ArchiveIndex& archive, std::string_view why) {
  throw Error(ErrorKind::integrity, cat("the `manifest.json` of `", archive.path(), "` ", why));
}

std::vector<std::string> texts(const ArchiveIndex& archive, const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  if (!found->is_array() || !std::ranges::all_of(*found, [](const Json& one) { return one.is_string(); }))
    damaged(archive, cat("has a `", name, "` that is not a list of strings"));
  return found->get<std::vector<std::string>>();
}

std::vector<Saved> saved_images(const ArchiveIndex& archive) {
  const auto text = archive.text("manifest.json");
  if (!text)
    throw Error(
        ErrorKind::input, cat("`", archive.path(), "` is not an archive of `docker save`"),
        archive.find("index.json") ? cat("it is an OCI layout: read it as `oci-archive:", archive.path(), "`") : "")
        .because("it has no `manifest.json`");
  const Json list = parse_json(*text, cat("the `manifest.json` of `", archive.path(), "`"));
  if (!list.is_array()) damaged(archive, "is not a list");
  std::vector<Saved> out;
  for (const Json& one : list) {
    if (!one.is_object() || !one.contains("Config") || !one["Config"].is_string())
      damaged(archive, "has an image without a `Config`");
    out.push_back({.config = one["Config"].get<std::string>(),
                   .names = texts(archive, one, "RepoTags"),
                   .layers = texts(archive, one, "Layers")});
  }
  return out;
}

// "web:v1" and "docker.io/library/web:v1" are one name.
std::string full_name(const std::string& name) {
  try {
    return oci::parse_registry_reference(name).text();
  } catch (const Error&) {
    return name;
  }
}

Saved choose(const ArchiveIndex& archive, const std::string& tag) {
  const auto images = saved_images(archive);
  if (images.empty()) throw Error(ErrorKind::input, cat("`", archive.path(), "` has no image"));
  std::set<std::string> names;
  for (const auto& image : images) {
    for (const auto& name : image.names)
      if (!tag.empty() && full_name(name) == full_name(tag)) return image;
    for (const auto& name : image.names) names.insert(cat("`", printable(name, 200), "`"));
  }
  if (tag.empty() && images.size() == 1) return images.front();
  const std::string has =
      names.empty() ? "its images have no names" : cat("its images are ", join({names.begin(), names.end()}, ", "));
  if (tag.empty())
    throw Error(ErrorKind::input, cat("`", archive.path(), "` has more than one image"),
                cat("name one: `docker-archive:", archive.path(), ":NAME:TAG`"))
        .because(has);
  throw Error(ErrorKind::input, cat("`", archive.path(), "` has no image `", printable(tag, 200), "`"),
              "name one of its images")
      .because(has);
}

// The manifest in the layout beside manifest.json that has this config, if there is one.
std::optional<oci::Descriptor> manifest_with(const LayoutSource& layout, const oci::Digest& config) {
  std::vector<oci::Descriptor> open = layout_index(layout).manifests;
  oci::SeenBlobs seen(layout.where);
  for (std::size_t i = 0; i < open.size(); ++i) {
    const oci::Descriptor blob = open[i];
    if (!seen.add(blob.digest) || !layout.open(blob_name(blob.digest))) continue;
    seen.charge(blob);
    const auto text = [&] { return layout_reader_of(layout, blob).text(blob); };
    const std::string what = cat("the manifest ", blob.digest.brief(), " of `", layout.where, "`");
    if (oci::is_index(blob.media_type)) {
      const auto index = oci::parse_index(text(), blob.media_type, what);
      open.insert(open.end(), index.manifests.begin(), index.manifests.end());
    } else if (oci::is_manifest(blob.media_type) &&
               oci::parse_manifest(text(), blob.media_type, what).config.digest == config) {
      return blob;
    }
  }
  return std::nullopt;
}

std::string_view compressed_type(const ArchiveIndex& archive, const ArchiveIndex::Member& member) {
  const ArchiveIndex::Member start{.offset = member.offset, .size = std::min<std::uint64_t>(member.size, 4)};
  const std::string magic = read_all(archive.open(start), 4, "a layer");
  if (magic.starts_with("\x1f\x8b")) return oci::media_type::layer_gzip;
  if (magic == "\x28\xb5\x2f\xfd") return oci::media_type::layer_zstd;
  return oci::media_type::layer;
}

oci::Digest digest_of(const ArchiveIndex& archive, const ArchiveIndex::Member& member) {
  Sha256 hash;
  drain(archive.open(member), [&](Bytes bytes) { hash.write(bytes); });
  return oci::Digest(hash.finish());
}

// An image made of an archive's parts.
struct Parts {
  std::map<std::string, std::string> texts;            // by digest
  std::map<std::string, ArchiveIndex::Member> layers;  // by digest
  oci::Descriptor root;
};

Parts parts_of(const ArchiveIndex& archive, const Saved& saved, const std::string& config_text) {
  const auto config =
      oci::parse_config(config_text, cat("`", printable(saved.config, 120), "` in `", archive.path(), "`"));
  if (config.diff_ids.size() != saved.layers.size())
    damaged(archive,
            cat("lists ", count_of(saved.layers.size(), "layer"), ", but the config lists ", config.diff_ids.size()));
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                         .config = oci::descriptor_of(config_text, oci::media_type::config)};
  Parts parts{.texts = {{manifest.config.digest.text(), config_text}}, .layers = {}, .root = manifest.config};
  for (std::size_t i = 0; i < saved.layers.size(); ++i) {
    const auto member = archive.find(saved.layers[i]);
    if (!member) damaged(archive, cat("refers to `", printable(saved.layers[i], 200), "`, which is missing"));
    const auto type = compressed_type(archive, *member);
    const auto digest = type == oci::media_type::layer ? config.diff_ids[i] : digest_of(archive, *member);
    manifest.layers.push_back({.media_type = std::string(type), .digest = digest, .size = member->size});
    parts.layers.emplace(digest.text(), *member);
  }
  const std::string text = render(manifest);
  parts.root = oci::descriptor_of(text, manifest.media_type);
  parts.texts[parts.root.digest.text()] = text;
  return parts;
}

oci::ImageReader reader_of(const std::shared_ptr<const ArchiveIndex>& archive, const std::string& name, Parts made) {
  const auto parts = std::make_shared<const Parts>(std::move(made));
  const auto missing = [name](const oci::Descriptor& blob) {
    return Error(ErrorKind::input, cat("`", name, "` has no blob ", blob.digest.text()));
  };
  const auto text = [parts, missing](const oci::Descriptor& blob) {
    const auto found = parts->texts.find(blob.digest.text());
    if (found == parts->texts.end()) throw missing(blob);
    return found->second;
  };
  const auto open = [archive, parts, missing, name](const oci::Descriptor& blob) {
    const std::string what = cat("blob ", blob.digest.brief(), " of `", name, "`");
    if (const auto known = parts->texts.find(blob.digest.text()); known != parts->texts.end())
      return Source([parts, source = source_of(known->second)](std::span<std::byte> room) { return source(room); });
    const auto found = parts->layers.find(blob.digest.text());
    if (found == parts->layers.end()) throw missing(blob);
    return oci::verified(archive->open(found->second), blob.digest, blob.size, what);
  };
  return {.name = name, .root = [root = parts->root] { return root; }, .text = text, .open = open};
}

}  // namespace

oci::ImageReader docker_archive_reader(std::shared_ptr<const ArchiveIndex> archive, const std::string& name,
                                       const std::string& tag) {
  const Saved saved = choose(*archive, tag);
  const auto config = archive->text(saved.config);
  if (!config) damaged(*archive, cat("refers to `", printable(saved.config, 200), "`, which is missing"));
  if (archive->find("oci-layout") && archive->find("index.json")) {
    const LayoutSource layout{
        .name = name, .where = cat("docker-archive:", archive->path()), .open = [archive](const std::string& member) {
          const auto found = archive->find(member);
          return found ? std::optional(archive->open(*found)) : std::nullopt;
        }};
    if (const auto root = manifest_with(layout, oci::Digest::of(*config)))
      return layout_reader_of(layout, {.media_type = root->media_type, .digest = root->digest, .size = root->size});
  }
  return reader_of(archive, name, parts_of(*archive, saved, *config));
}

}  // namespace lapstrake::store
