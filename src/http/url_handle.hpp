// A URL as parsed by libcurl, so that one parser decides where a secret may go and where the transfer connects.
#pragma once
#include <curl/curl.h>

#include <lapstrake/base/c_handle.hpp>

namespace lapstrake::http {

struct Url;
using UrlHandle = CHandle<CURLU, curl_url_cleanup>;

// For CURLOPT_CURLU, which needs it until the end of the transfer. Error{network} when it has another origin than
// `url`.
UrlHandle url_handle(const Url& url);

}  // namespace lapstrake::http
