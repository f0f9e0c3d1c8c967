// Downloads files by URL into the store, and reads pages of package indexes. Unlike blobs of registries, the files have
// no login protocol and often no known size.
#pragma once
#include <cstddef>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/packages/download.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/store/layout.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>

namespace lapstrake::app {

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
