// Versions of the transport's libraries, for `lapstrake version`.
#pragma once
#include <string>

namespace lapstrake::http {

// "libcurl 7.88.1, OpenSSL 3.0.19"
std::string library_versions();

}  // namespace lapstrake::http
