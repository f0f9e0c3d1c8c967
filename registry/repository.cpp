#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/client.hpp>
#include <utility>

#include "registry_http.hpp"

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

http::Url blob_url(RegistryHttp& registry, const oci::Descriptor& blob) {
  return registry.url(cat("blobs/", blob.digest.text()));
}
std::string cannot_read(const RegistryHttp& registry, const oci::Descriptor& blob) {
  return cat("cannot read the blob ", blob.digest.text(), " of `", registry.name(), "`");
}
constexpr const char* wrong_range = "the registry returned a different range than requested";

// Passes a blob to a sink, over several replies if necessary, and verifies it.
class Download {
 public:
  Download(RegistryHttp& registry, const oci::Descriptor& blob, const Sink& sink)
      : registry_(registry), blob_(blob), sink_(sink), what_(cannot_read(registry, blob)) {}

  // An attempt that made progress does not count, so that a large blob arrives over a bad connection in the end.
  void run() {
    const auto& options = registry_.options();
    for (unsigned count = 1;; ++count) {
      const auto before = place_;
      try {
        attempt();
        return finish();
      } catch (Error& error) {
        // The connection was lost after the last byte.
        if (error.is_transient() && blob_.size > 0 && place_ == blob_.size) return finish();
        if (place_ >= before + least_progress) count = 1;
        http::wait_or_rethrow(options.policy, options.runtime, options.notice, count, error);
      }
    }
  }

 private:
  void attempt() {
    http::Request request{.url = blob_url(registry_, blob_)};
    const auto wanted = has_ranges_ ? place_ : 0;
    if (wanted > 0) request.headers.set("Range", cat("bytes=", wanted, "-"));
    request.on_response = [&](const http::Response& reply) {
      const auto first = reply.status == 206 ? first_byte(reply.headers) : std::optional<std::uint64_t>(0);
      if (!first || *first > wanted) go_without_ranges();
      next_ = *first;
    };
    request.sink = [this](Bytes bytes) { take(bytes); };
    const auto response = registry_.attempt(request, Access::pull);
    if (response.status == 416 && wanted > 0) go_without_ranges();
    if (response.status == 404 && !std::exchange(is_absent_, true))  // perhaps just pushed and not yet replicated
      throw registry_.error_of(response, what_).transient(std::chrono::seconds(1));
    if (response.status != 200 && response.status != 206) throw registry_.error_of(response, what_);
  }

  // Skips bytes that were received before.
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

  [[noreturn]] void go_without_ranges() {
    has_ranges_ = false;
    throw Error(ErrorKind::network, what_).because(wrong_range).transient();
  }
  [[noreturn]] void fail(std::string_view why) const {
    throw Error(ErrorKind::integrity, cat("`", registry_.host(), "` sent wrong content for the blob ",
                                          blob_.digest.text(), " of ", blob_.size, " bytes: ", why));
  }

  RegistryHttp& registry_;
  const oci::Descriptor& blob_;
  const Sink& sink_;
  const std::string what_;
  Sha256 hash_;
  std::uint64_t place_ = 0, next_ = 0;  // of the next byte for the sink; of the next byte of the reply
  bool is_absent_ = false, has_ranges_ = true;
};

}  // namespace

Repository::Repository(ClientOptions options, std::string host, std::string name) {
  if (!oci::is_repository(name))
    throw Error(ErrorKind::usage, cat("invalid repository name `", printable(name, 256), "`"),
                "use lower case letters, digits, `.`, `_`, `-` and `/`");
  http_ = std::make_unique<RegistryHttp>(std::move(options), std::move(host), std::move(name));
}
Repository::~Repository() = default;
Repository::Repository(Repository&&) noexcept = default;

std::string Repository::name() const { return http_->name(); }
const Runtime& Repository::runtime() const { return http_->options().runtime; }

void Repository::get_blob(const oci::Descriptor& blob, const Sink& sink) const { Download(*http_, blob, sink).run(); }

std::string Repository::get_range(const oci::Descriptor& blob, std::uint64_t offset, std::uint64_t most) const {
  const auto what = cannot_read(*http_, blob);
  http::Request request{.url = blob_url(*http_, blob), .most_reply = 64u << 20};
  if (offset > 0 || most < blob.size) request.headers.set("Range", cat("bytes=", offset, "-", offset + most - 1));
  auto response = http_->send(request, Access::pull);
  if (response.status == 206 && first_byte(response.headers) != offset)
    throw Error(ErrorKind::network, what).because(wrong_range);
  if (response.status != 200 && response.status != 206) throw http_->error_of(response, what);
  if (response.status == 200)
    response.body.erase(0, static_cast<std::size_t>(std::min<std::uint64_t>(offset, response.body.size())));
  if (response.body.empty())
    throw Error(ErrorKind::integrity, what).because(cat("it has fewer than ", blob.size, " bytes"));
  return std::move(response.body);
}

}  // namespace lapstrake::registry
