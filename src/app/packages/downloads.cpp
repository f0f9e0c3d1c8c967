#include <lapstrake/app/images/offline.hpp>
#include <lapstrake/app/images/vendor_folder.hpp>
#include <lapstrake/app/packages/downloads.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/retry.hpp>
#include <utility>

#include "http_client.hpp"

namespace lapstrake::app {
namespace {

constexpr std::string_view media_type = "application/octet-stream";
constexpr std::uint64_t least_progress = 1u << 20;

// RFC 9110 14.4: "bytes 100-199/200", or with `*` instead of the size of the whole file.
struct ContentRange {
  std::uint64_t first;
  std::optional<std::uint64_t> total;
};

std::optional<std::uint64_t> size_in(std::string_view text) {
  const auto size = parse_integer(text);
  if (!size || *size < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*size);
}

std::optional<ContentRange> content_range(const http::Headers& headers) {
  const auto field = headers.find("Content-Range");
  if (!field || !field->starts_with("bytes ")) return std::nullopt;
  const auto range = std::string_view(*field).substr(6);
  const auto first = size_in(range.substr(0, range.find('-')));
  if (!first) return std::nullopt;
  const auto slash = range.find('/');
  return ContentRange{.first = *first, .total = slash == range.npos ? std::nullopt : size_in(range.substr(slash + 1))};
}

// Nothing if the transfer coding decides the length of the body (RFC 9112 6.3).
std::optional<std::uint64_t> content_length(const http::Headers& headers) {
  if (headers.find("Transfer-Encoding")) return std::nullopt;
  return size_in(headers.find("Content-Length").value_or(""));
}

// What identifies the version of a file for If-Range (RFC 9110 13.1.5): a strong ETag; nothing otherwise.
std::optional<std::string> validator_of(const http::Headers& headers) {
  auto tag = headers.find("ETag");
  if (!tag || tag->starts_with("W/")) return std::nullopt;
  return tag;
}

// One file, over several replies if necessary, into a blob.
class Transfer {
 public:
  Transfer(const Context& context, const Network& network, const store::Store& store, const Download& download)
      : context_(context),
        network_(network),
        store_(store),
        download_(download),
        client_(context, network),
        most_(download.size.value_or(limits::layer_bytes)),
        writer_(store.new_blob()),
        check_(new_check()),
        event_{.kind = Event::Kind::started, .image = download.image, .subject = download.what} {
    event_.total = download.size.value_or(0);
  }

  // An attempt that made progress does not count, so that a large file arrives over a bad connection in the end.
  oci::Descriptor run() {
    if (!download_.is_one_of_many) start();
    for (unsigned count = 1;; ++count) {
      const auto before = place_;
      try {
        attempt();
        return finish();
      } catch (Error& error) {
        if (place_ >= before + least_progress) count = 1;
        http::wait_or_rethrow({}, context_.runtime, network_.notice(), count, error);
      }
    }
  }

 private:
  void attempt() {
    http::Request request{.url = download_.url};
    // Without a validator or a digest the rest of another version could be appended.
    const bool resumes = place_ > 0 && has_ranges_ && (validator_ || download_.digest);
    if (!resumes) restart();
    if (resumes) request.headers.set("Range", cat("bytes=", place_, "-"));
    if (resumes && validator_) request.headers.set("If-Range", *validator_);
    bool has_begun = false;
    request.on_response = [&](const http::Response& reply) {
      has_begun = true;
      begin(reply);
    };
    request.sink = [&](Bytes bytes) { take(bytes); };
    const auto response = client_.get(std::move(request), download_);
    if (response.status == 416 && resumes) go_without_ranges();
    if (response.status != 200 && response.status != 206) throw error_of(response, download_);
    if (!has_begun) begin(response);  // an empty body
    expect_whole();
  }

  void begin(const http::Response& reply) {
    if (reply.status == 206) {
      const auto range = content_range(reply.headers);
      if (!range || range->first != place_) go_without_ranges();
      total_ = range->total;
      return;
    }
    if (place_ > 0) restart();
    validator_ = validator_of(reply.headers);
    total_ = content_length(reply.headers);
    if (!download_.size && total_) event_.total = *total_;
  }

  void expect_whole() const {
    if (!total_ || place_ == *total_) return;
    throw Error(ErrorKind::network, cat("cannot download ", download_.what))
        .because(cat("the server sent ", place_, " of ", *total_, " bytes"))
        .transient();
  }

  ContentCheck new_check() const { return download_.new_check ? download_.new_check() : ContentCheck(); }

  void restart() {
    if (place_ == 0) return;
    writer_ = store_.new_blob();
    check_ = new_check();
    place_ = 0;
  }

  void take(Bytes bytes) {
    stop_point(context_.runtime.stop);
    if (bytes.size() > most_ - place_) {
      if (download_.size) fail(cat("it has more than ", *download_.size, " bytes"));
      fail(cat("it is larger than ", human_size(most_)));
    }
    writer_.write(bytes);
    if (check_.write) check_.write(bytes);
    place_ += bytes.size();
    event_.done = place_;
    if (event_.kind == Event::Kind::started && place_ >= least_progress) start();
    if (event_.kind == Event::Kind::progress) context_.report.progress(event_);
  }

  void start() {
    context_.report.progress(event_);
    event_.kind = Event::Kind::progress;
  }

  oci::Descriptor finish() {
    if (download_.size && place_ != *download_.size)
      fail(cat("it has ", place_, " bytes instead of ", *download_.size));
    if (check_.finish) check_.finish();
    try {
      const auto digest = writer_.commit(download_.digest);
      const bool is_reported = event_.kind == Event::Kind::progress;
      event_.kind = Event::Kind::finished;
      event_.text = cat(human_size(place_), " read from ", download_.url.authority());
      if (is_reported) context_.report.progress(event_);
      return {.media_type = std::string(media_type), .digest = digest, .size = place_};
    } catch (Error& error) {
      if (error.kind() != ErrorKind::integrity) throw;
      fail(error.reason());
    }
  }

  [[noreturn]] void go_without_ranges() {
    has_ranges_ = false;
    throw Error(ErrorKind::network, cat("cannot download ", download_.what))
        .because("the server returned a different range than requested")
        .transient();
  }
  [[noreturn]] void fail(std::string why) const {
    throw Error(ErrorKind::integrity, cat("wrong content of ", download_.what),
                "if the file was meant to change, update its digest")
        .because(cat(redacted(download_.url), ": ", why));
  }

  const Context& context_;
  const Network& network_;
  const store::Store& store_;
  const Download& download_;
  HttpClient client_;
  std::uint64_t most_;
  store::Store::BlobWriter writer_;
  ContentCheck check_;
  std::uint64_t place_ = 0;
  std::optional<std::uint64_t> total_;  // bytes of the whole file, as the last reply has it
  std::optional<std::string> validator_;
  bool has_ranges_ = true;
  Event event_;
};

}  // namespace

Downloads::Downloads(const Context& context, Network network, store::Store store)
    : context_(context),
      network_(std::move(network)),
      store_(std::move(store)),
      vendor_folder_(open_vendor_folder(context)) {}

std::optional<oci::Descriptor> Downloads::known(const Download& download) const {
  if (!download.digest) return std::nullopt;
  oci::Descriptor blob{.media_type = std::string(media_type), .digest = *download.digest, .size = 0};
  if (const auto size = store_.size(blob.digest); size && *size == download.size.value_or(*size)) {
    blob.size = *size;
    return blob;
  }
  if (!vendor_folder_ || !vendor_folder_->has(blob.digest)) return std::nullopt;
  blob.size = std::filesystem::file_size(vendor_folder_->blob_path(blob.digest));
  store_.take(vendor_folder_->reader(download.what, blob), blob, context_.runtime.stop);
  return blob;
}

oci::Descriptor Downloads::take(const Download& download) const {
  if (auto blob = known(download)) return *std::move(blob);
  if (context_.connection.offline) throw not_available_offline(context_, download.what);
  return Transfer(context_, network_, store_, download).run();
}

std::optional<Page> Downloads::page(const Download& download, std::size_t most) const {
  if (context_.connection.offline) throw not_available_offline(context_, download.what);
  const HttpClient client(context_, network_);
  return http::retrying({}, context_.runtime, network_.notice(), [&]() -> std::optional<Page> {
    auto response = client.get({.url = download.url, .most_reply = most}, download);
    if (response.status == 404 || response.status == 410) return std::nullopt;
    if (response.status != 200) throw error_of(response, download);
    return Page{.text = std::move(response.body), .url = response.url, .headers = response.headers};
  });
}

}  // namespace lapstrake::app
