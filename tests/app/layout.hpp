// An image layout made by hand, so that a test can make it wrong.
#pragma once
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/temp_dir.hpp"

struct HandMade {
  using Json = nlohmann::ordered_json;

  TempDir dir;

  HandMade() { dir.write("oci-layout", R"({"imageLayoutVersion":"1.0.0"})"); }

  std::string reference() const { return lapstrake::cat("oci:", (dir / "").string()); }

  Json blob(const std::string& bytes, std::string_view media_type) {
    const auto digest = lapstrake::oci::Digest::of(bytes);
    dir.write(file_of(digest.text()), bytes);
    return {{"mediaType", media_type}, {"digest", digest.text()}, {"size", bytes.size()}};
  }
  static std::string file_of(const std::string& digest) { return lapstrake::cat("blobs/sha256/", digest.substr(7)); }

  // A layer's bytes, and its diff_id.
  static std::pair<std::string, std::string> layer(std::vector<lapstrake::layers::Entry> entries,
                                                   lapstrake::oci::Codec codec = lapstrake::oci::Codec::gzip) {
    std::string bytes;
    const auto written =
        lapstrake::layers::write_layer(std::move(entries), {.compression = {codec, std::nullopt}},
                                       [&](lapstrake::Bytes some) { bytes += lapstrake::as_text(some); });
    return {bytes, written.diff_id.text()};
  }

  static Json config(const std::vector<std::string>& diff_ids, const std::string& architecture = "amd64") {
    return {{"architecture", architecture},
            {"os", "linux"},
            {"config", Json::object()},
            {"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}}};
  }
  Json manifest(const Json& config, const std::vector<Json>& layers) {
    return {{"schemaVersion", 2},
            {"mediaType", lapstrake::oci::media_type::manifest},
            {"config", blob(config.dump(), lapstrake::oci::media_type::config)},
            {"layers", layers}};
  }
  // The image of this manifest or index is the layout's only one.
  Json root(const std::string& text, std::string_view media_type = lapstrake::oci::media_type::manifest) {
    auto descriptor = blob(text, media_type);
    dir.write("index.json", Json{{"schemaVersion", 2}, {"manifests", {descriptor}}}.dump());
    return descriptor;
  }
  static Json index(const std::vector<Json>& manifests) {
    return {{"schemaVersion", 2}, {"mediaType", lapstrake::oci::media_type::index}, {"manifests", manifests}};
  }
};
