// Values that several tests of this room look at.
#pragma once
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <string>

namespace samples {

using namespace lapstrake::oci;

inline Descriptor blob(std::string_view text, std::string_view type) { return descriptor_of(text, type); }

inline ImageConfig config() {
  ImageConfig config;
  config.created = "1970-01-01T00:00:00Z";
  config.platform = {.os = "linux", .architecture = "arm64", .variant = "v8"};
  config.user = "33:33";
  config.workdir = "/srv";
  config.stopsignal = "SIGQUIT";
  config.entrypoint = {{"/bin/app", "-F"}};
  config.cmd = std::vector<std::string>{};
  config.env = {"PATH=/bin", "A=<b>&\"c\""};
  config.exposed_ports = {"9000/tcp", "53/udp"};
  config.volumes = {"/data"};
  config.labels = {{"b", "2"}, {"a", "1"}};
  config.diff_ids = {Digest::of("one")};
  config.history = {{.created = "1970-01-01T00:00:00Z", .created_by = "layer app"},
                    {.created_by = "ENV", .empty_layer = true}};
  return config;
}

inline Manifest manifest() {
  return {.media_type = std::string(media_type::manifest),
          .config = blob("{}", media_type::config),
          .layers = {blob("one", media_type::layer_gzip), blob("two", media_type::layer_zstd)},
          .annotations = {{"z", "1"}, {"a", "2"}}};
}

inline Index index() {
  Descriptor child = blob("m", media_type::manifest);
  child.platform = Platform{.os = "linux", .architecture = "arm64", .variant = "v8"};
  child.annotations = {{std::string(ref_name_annotation), "v1"}};
  return {.media_type = std::string(media_type::index), .manifests = {child}};
}

}  // namespace samples
