// The transport that sends requests over the network, with libcurl.
#pragma once
#include <lapstrake/http/curl_options.hpp>
#include <lapstrake/http/message.hpp>
#include <string>

namespace lapstrake::http {

// Never follows a redirect, keeps no cookies, reads no netrc, speaks only http and https, TLS 1.2 or newer, sends
// `Accept-Encoding: identity` and no Expect. Connections are reused per origin.
Transport curl_transport(CurlOptions options);

// "libcurl 7.88.1, OpenSSL 3.0.19", for `lapstrake version`.
std::string library_versions();

}  // namespace lapstrake::http
