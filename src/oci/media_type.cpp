#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>

namespace lapstrake::oci {

bool is_manifest(std::string_view type) { return type == media_type::manifest || type == media_type::docker_manifest; }

bool is_index(std::string_view type) { return type == media_type::index || type == media_type::docker_index; }

bool is_config(std::string_view type) { return type == media_type::config || type == media_type::docker_config; }

bool is_layer(std::string_view type) {
  return type == media_type::layer || type == media_type::layer_gzip || type == media_type::layer_zstd ||
         type == media_type::docker_layer || type == media_type::docker_layer_gzip;
}

std::string_view without_parameters(std::string_view type) { return trim(type.substr(0, type.find(';'))); }

}  // namespace lapstrake::oci
