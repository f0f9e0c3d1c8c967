// Maps libcurl's error codes to Errors: message, cure, and whether a retry may help. Pure.
#pragma once
#include <curl/curl.h>

#include <lapstrake/base/error.hpp>
#include <lapstrake/http/url.hpp>
#include <string>

namespace lapstrake::http {

struct TransferFailure {
  CURLcode code = CURLE_OK;
  std::string text;           // CURLOPT_ERRORBUFFER
  int os_error = 0;           // CURLINFO_OS_ERRNO
  long proxy_status = 0;      // CURLINFO_HTTP_CONNECTCODE
  std::string proxy;          // without its login; empty when none was used
  std::string ca_file;        // empty: the system's
  bool name_unknown = false;  // the name does not exist; false after a temporary DNS failure
  bool connected = false;     // the request could be sent
  bool replied = false;       // a byte of the reply came
};

Error transfer_error(const Url& url, const TransferFailure& failure);

}  // namespace lapstrake::http
