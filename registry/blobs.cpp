#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/client.hpp>
#include <utility>

#include "error_response.hpp"
#include "repository.hpp"

namespace lapstrake::registry {
namespace {

constexpr std::uint64_t least_progress = 1u << 20;

// "bytes 100-199/200" -> 100
std::optional<std::uint64_t> first_byte(const http::Headers& headers) {
  const auto field = headers.find("Content-Range");
  if (!field || !field->starts_with("bytes ")) return std::nullopt;
  const auto first = parse_integer(std::string_view(*field).substr(6, field->find('-') - 6));
  if (!first || *first < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*first);
}

// Passes a blob to a sink, over several replies if necessary, and verifies it.
class Download {
 public:
  Download(const oci::Descriptor& blob, const Sink& sink, std::string what)
      : blob_(blob), sink_(sink), what_(std::move(what)) {}

  std::uint64_t place() const { return place_; }
  // The current reply begins at this byte of the blob; skips bytes that were received before.
  void begin_at(std::uint64_t first) { next_ = first; }
  void take(Bytes bytes) {
    if (next_ < place_) {
      const auto known = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), place_ - next_));
      next_ += known;
      bytes = bytes.subspan(known);
    }
    if (bytes.empty()) return;
    if (bytes.size() > blob_.size - place_) fail("it is longer");
    hash_.write(bytes);
    sink_(bytes);
    next_ = place_ += bytes.size();
  }
  void finish() {
    if (place_ != blob_.size) fail(cat("it has ", place_, " bytes"));
    if (const oci::Digest found(hash_.finish()); found != blob_.digest) fail(cat("it has the digest ", found.text()));
  }

 private:
  [[noreturn]] void fail(std::string_view why) const {
    throw Error(ErrorKind::integrity, cat(what_, " sent wrong content for the blob ", blob_.digest.text(), " of ",
                                          blob_.size, " bytes: ", why));
  }
  const oci::Descriptor& blob_;
  const Sink& sink_;
  std::string what_;
  Sha256 hash_;
  std::uint64_t place_ = 0, next_ = 0;
};

}  // namespace

bool Repository::has_blob(const oci::Digest& digest, std::uint64_t size) const {
  return state_->has_blob(digest, size, Tries::by_policy);
}

bool Repository::State::has_blob(const oci::Digest& digest, std::uint64_t size, Tries tries) const {
  const http::Request request{.method = "HEAD", .url = api.url(path("blobs/" + digest.text()))};
  // A redirect means that the blob exists; its address is signed for GET only.
  const auto response = api.send(request, Access::push, Redirects::keep, tries);
  if (response.status >= 300 && response.status < 400) return true;
  if (response.status == 404 || response.status == 405) return false;
  if (response.status >= 400) throw error_of(response, cat("cannot push to `", where(), "`"));
  const auto length = response.headers.find("Content-Length");
  return !length || parse_integer(*length) == static_cast<std::int64_t>(size);
}

void Repository::get_blob(const oci::Descriptor& blob, const Sink& whole) const {
  const auto rest = state_->mirrors.get_blob(blob, whole);
  if (!rest) return;
  const Sink& sink = *rest;
  auto& api = state_->api;
  const auto url = api.url(state_->path("blobs/" + blob.digest.text()));
  Download download(blob, sink, cat("`", state_->host, "`"));
  const auto what = cat("cannot read the blob ", blob.digest.text(), " of `", name(), "`");
  bool absent = false, has_ranges = true;
  const auto attempt = [&] {
    http::Request request{.url = url};
    const auto wanted = has_ranges ? download.place() : 0;
    if (wanted > 0) request.headers.set("Range", cat("bytes=", wanted, "-"));
    const auto go_without_ranges = [&] {
      has_ranges = false;
      throw Error(ErrorKind::network, what)
          .because("the registry returned a different range than requested")
          .transient();
    };
    request.on_response = [&](const http::Response& reply) {
      const auto first = reply.status == 206 ? first_byte(reply.headers) : std::optional<std::uint64_t>(0);
      if (!first || *first > wanted) go_without_ranges();
      download.begin_at(*first);
    };
    request.sink = [&](Bytes bytes) { download.take(bytes); };
    const auto response = api.attempt(request, Access::pull);
    if (response.status == 416 && wanted > 0) go_without_ranges();
    if (response.status == 404 && !std::exchange(absent, true))  // perhaps just pushed and not yet replicated
      throw state_->error_of(response, what).transient(std::chrono::seconds(1));
    if (response.status != 200 && response.status != 206) throw state_->error_of(response, what);
  };
  // An attempt that made progress does not count, so that a large blob arrives over a bad connection in the end.
  for (unsigned count = 1;; ++count) {
    const auto before = download.place();
    try {
      attempt();
      return download.finish();
    } catch (Error& error) {
      // The connection was lost after the last byte.
      if (error.is_transient() && blob.size > 0 && download.place() == blob.size) return download.finish();
      if (download.place() >= before + least_progress) count = 1;
      http::wait_or_rethrow(state_->options.policy, runtime(), state_->options.notice, count, error);
    }
  }
}

std::string Repository::get_range(const oci::Descriptor& blob, std::uint64_t offset, std::uint64_t most) const {
  if (auto part = state_->mirrors.get_range(blob, offset, most)) return *std::move(part);
  auto& api = state_->api;
  const auto what = cat("cannot read the blob ", blob.digest.text(), " of `", name(), "`");
  http::Request request{.url = api.url(state_->path("blobs/" + blob.digest.text())), .most_reply = 64u << 20};
  if (offset > 0 || most < blob.size) request.headers.set("Range", cat("bytes=", offset, "-", offset + most - 1));
  auto response = api.send(request, Access::pull);
  if (response.status == 206 && first_byte(response.headers) != offset)
    throw Error(ErrorKind::network, what).because("the registry returned a different range than requested");
  if (response.status != 200 && response.status != 206) throw state_->error_of(response, what);
  if (response.status == 200)
    response.body.erase(0, static_cast<std::size_t>(std::min<std::uint64_t>(offset, response.body.size())));
  if (response.body.empty())
    throw Error(ErrorKind::integrity, what).because(cat("it has fewer than ", blob.size, " bytes"));
  return std::move(response.body);
}

}  // namespace lapstrake::registry
