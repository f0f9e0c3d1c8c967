#include "fetch_step.hpp"

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/url.hpp>
#include <memory>

namespace lapstrake::app {
namespace {

// Where the file goes: into a folder it keeps the last part of its URL's path.
std::string target_of(const oci::Fetch& fetch, const http::Url& url) {
  if (!fetch.to.ends_with('/')) return fetch.to;
  const auto name = percent_decode(url.path.substr(url.path.rfind('/') + 1));
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
    throw Error(ErrorKind::usage, cat("the URL `", redacted(url), "` does not end with a file name"),
                "write the path of the file in `to`");
  return fetch.to + name;
}

}  // namespace

void add_fetch(const oci::Fetch& fetch, const oci::Digest& digest, const Downloads& downloads,
               const layers::AccountTable& accounts, const std::string& image, layers::OtherSteps& out) {
  const auto origin = cat("fetch `", redacted(http::parse_url(fetch.url)), "` (", fetch.where.text(), ")");
  step(origin, [&] {
    const auto url = http::parse_url(fetch.url);
    const auto blob =
        downloads.take({.url = url, .what = cat("`", redacted(url), "`"), .digest = digest, .image = image});
    const auto file = downloads.store().blob_path(blob.digest);
    if (fetch.unpack) {
      out.archives.push_back({.archive = {.from = fetch.url,
                                          .to = fetch.to,
                                          .strip_components = fetch.strip_components,
                                          .owner = fetch.owner,
                                          .include = fetch.include,
                                          .exclude = fetch.exclude,
                                          .where = fetch.where},
                              .file = file,
                              .digest = blob.digest.text()});
      return;
    }
    layers::Entry entry;
    entry.path = target_of(fetch, url).substr(1);
    const auto ids = accounts.look_up(fetch.owner.value_or(oci::Owner{}), fetch.where);
    entry.uid = ids.uid;
    entry.gid = ids.gid;
    entry.mode = fetch.mode.value_or(0644);
    entry.size = blob.size;
    entry.content = layers::Spooled{.file = std::make_shared<const layers::ContentFile>(layers::ContentFile{
                                        .path = file, .identity = cat("blob ", blob.digest.text())}),
                                    .offset = 0};
    entry.origin = origin;
    out.entries.push_back(std::move(entry));
  });
}

}  // namespace lapstrake::app
