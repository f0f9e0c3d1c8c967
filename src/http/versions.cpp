#include <curl/curl.h>

#include <lapstrake/base/text.hpp>
#include <lapstrake/http/versions.hpp>

namespace lapstrake::http {

std::string library_versions() {
  const auto* info = ::curl_version_info(CURLVERSION_NOW);
  return cat("libcurl ", info->version, ", ", replace_all(info->ssl_version, "/", " "));
}

}  // namespace lapstrake::http
