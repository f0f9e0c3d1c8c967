// What to download, and the pages of package indexes, as values.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/oci/digest.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

// Receives every byte of a file before the file is stored; `finish` throws Error{integrity} if it is not the expected
// file.
struct ContentCheck {
  std::function<void(Bytes)> write;
  std::function<void()> finish;
};

struct Download {
  http::Url url;
  std::string what;                        // "the wheel `flask-3.1.0-py3-none-any.whl`", for messages and progress
  std::optional<oci::Digest> digest = {};  // that the file must have
  std::optional<std::uint64_t> size = {};  // bytes, that the file must have
  std::function<ContentCheck()> new_check = {};  // for each start of the file; empty: no check besides `digest`
  http::Headers headers = {};                    // Accept and similar ones: sent to every server
  http::Headers credentials = {};  // sent only to the origin of `url`, and not after a redirect to another
  // The most local kind of address that `url` may have: lower when a server named it (Request::max_address_kind).
  http::AddressKind max_address_kind = http::AddressKind::link_local;
  std::string image = {};       // for progress events
  bool is_one_of_many = false;  // reported only if it is large
};

// A page of an index.
struct Page {
  std::string text;
  http::Url url;  // after redirects: links are relative to it
  http::Headers headers;
};

}  // namespace lapstrake::app
