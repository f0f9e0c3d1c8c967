// Downloads files by URL into the store, and reads pages of package indexes. Unlike blobs of registries, the files have
// no login protocol and often no known size.
#pragma once
#include <cstddef>
#include <cstdint>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/context.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/store/layout.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

struct Download {
  http::Url url;
  std::string what;                        // "the wheel `flask-3.1.0-py3-none-any.whl`", for messages and progress
  std::optional<oci::Digest> digest = {};  // that the file must have
  std::optional<std::uint64_t> size = {};  // bytes, that the file must have
  http::Headers headers = {};              // Accept and similar ones: sent to every server
  http::Headers credentials = {};          // sent only to the origin of `url`, and not after a redirect to another
  std::string image = {};                  // for progress events
};

// A page of an index.
struct Page {
  std::string text;
  http::Url url;  // after redirects: links are relative to it
  http::Headers headers;
};

// Safe to use from several threads. Redirects are followed as `registry` does: never from https to http, never to more
// local addresses than the server may name. All requests of a run share one rate limiter.
class Downloads {
 public:
  Downloads(const Context& context, Network network, store::Store store);

  // The blob with the content of the file, which is in the store afterwards. A file with a known digest comes from the
  // store or the vendor folder if it is there. A broken transfer is resumed. Error{integrity} if the digest or size
  // differs, Error{input} offline, Error{access} for 401 and 403, Error{network} for other failures.
  oci::Descriptor take(const Download& download) const;

  // The content of a page of at most `most` bytes; nothing if the server answers 404 or 410. The same errors, and
  // Error{integrity} for a longer page.
  std::optional<Page> page(const Download& download, std::size_t most) const;

  const store::Store& store() const { return store_; }

 private:
  std::optional<oci::Descriptor> known(const Download& download) const;

  Context context_;
  Network network_;
  store::Store store_;
  std::optional<store::Layout> vendor_folder_;
};

}  // namespace lapstrake::app
