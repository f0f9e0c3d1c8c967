// The transport that sends requests over the network, with libcurl.
#pragma once
#include <lapstrake/http/curl_options.hpp>
#include <lapstrake/http/message.hpp>

namespace lapstrake::http {

// Never follows a redirect, keeps no cookies, reads no netrc, speaks only http and https, TLS 1.2 or newer, sends
// `Accept-Encoding: identity` and no Expect. Connections are reused per origin.
Transport curl_transport(CurlOptions options);

}  // namespace lapstrake::http
