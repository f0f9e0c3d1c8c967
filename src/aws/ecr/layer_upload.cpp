#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <lapstrake/aws/ecr/layer_upload.hpp>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;
using Progress = std::function<void(std::uint64_t)>;

constexpr std::uint64_t usual_part = 10u << 20;  // when ECR does not say
constexpr unsigned most_uploads = 3, most_setbacks = 3;

// The blob's bytes in the order they are sent, hashed as they are read for the first time.
class BlobReader {
 public:
  explicit BlobReader(const LayerFile& layer) : layer_(layer), file_(::open(layer.path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat found {};
    if (!file_ || ::fstat(file_.get(), &found) != 0) unreadable();
    if (static_cast<std::uint64_t>(found.st_size) != layer.size) not_the_blob();
  }

  // Hands out bytes `first` to `end`, in pieces of a multiple of three, so that base64 of them joins.
  void read(std::uint64_t first, std::uint64_t end, const Sink& sink) {
    for (std::uint64_t at = first; at < end;) {
      const auto piece = fill(at, std::min<std::uint64_t>(room_.size(), end - at));
      if (at + piece.size() > hashed_) {
        const auto fresh = piece.subspan(hashed_ - at);
        hash_.write(fresh);
        hashed_ += fresh.size();
        if (hashed_ == layer_.size && cat("sha256:", hex(hash_.finish())) != layer_.digest) not_the_blob();
      }
      sink(piece);
      at += piece.size();
    }
  }

 private:
  Bytes fill(std::uint64_t at, std::uint64_t wanted) {
    std::size_t filled = 0;
    while (filled < wanted) {
      const auto got = ::pread(file_.get(), room_.data() + filled, wanted - filled, static_cast<off_t>(at + filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) unreadable();
      if (got == 0) not_the_blob();  // it became shorter
      filled += static_cast<std::size_t>(got);
    }
    return {room_.data(), filled};
  }

  [[noreturn]] void unreadable() const {
    throw Error(ErrorKind::input, cat("cannot read the blob `", layer_.path.string(), "`: ", reason(errno)),
                "run `lapstrake store check` to find missing blobs, then build again");
  }
  [[noreturn]] void not_the_blob() const {
    throw Error(
        ErrorKind::integrity,
        cat("`", layer_.path.string(), "` does not match the blob ", layer_.digest, " of ", layer_.size, " bytes"),
        "run `lapstrake store check` to find damaged blobs, then build again");
  }

  const LayerFile& layer_;
  FileDescriptor file_;
  Sha256 hash_;
  std::uint64_t hashed_ = 0;  // bytes from the start
  std::array<std::byte, 3 * 65536> room_;
};

std::optional<std::uint64_t> number(const json& reply, const char* name) {
  const auto found = reply.is_object() ? reply.value(name, json()) : json();
  if (!found.is_number_integer()) return std::nullopt;
  return found.is_number_unsigned() ? found.get<std::uint64_t>() : 0;  // -1: nothing yet
}

// InvalidLayerPartException's own member.
std::optional<std::uint64_t> last_valid_byte(const std::string& body) {
  try {
    return number(parse_json(body, "the error response"), "lastValidByteReceived");
  } catch (const Error&) {
    return std::nullopt;
  }
}

class LayerUpload {
 public:
  LayerUpload(const Session& session, json target, const LayerFile& layer, const Progress& progress, PartSizes sizes)
      : session_(session),
        target_(std::move(target)),
        layer_(layer),
        bytes_(layer),
        progress_(progress),
        sizes_(sizes) {}

  void run() {
    for (unsigned upload = 1;; ++upload) {
      try {
        return attempt();
      } catch (const Error& error) {
        const auto& code = error.service().code;
        const bool is_lost = code == "UploadNotFoundException" || code == "InvalidLayerException";
        if (!is_lost || upload == most_uploads) throw;
        if (session_.notice) session_.notice(cat(error.line(), "; restarting the upload"));
      }
    }
  }

 private:
  void attempt() {
    auto fields = target_;
    const auto begun = call_with_body(session_, Service::ecr, "InitiateLayerUpload", {.text = fields.dump()});
    const auto id = begun.is_object() ? begun.value("uploadId", json()) : json();
    if (!id.is_string())
      throw Error(ErrorKind::network, "the reply to ecr:InitiateLayerUpload has no upload id",
                  "check AWS_ENDPOINT_URL and HTTPS_PROXY");
    fields["uploadId"] = id;
    part_ = std::min(part_, std::clamp(number(begun, "partSize").value_or(usual_part), sizes_.least, sizes_.most));
    reach_ = 0;
    for (std::uint64_t next = 0; next < layer_.size;) {
      try {
        next = send_part(fields, next, std::min(next + part_, layer_.size));
      } catch (const Error& error) {
        if (!shrink(error)) throw;
      }
      if (progress_) progress_(next);
    }
    complete(std::move(fields));
  }

  // A connection that breaks under large parts may bear smaller ones. What ECR itself refuses, it refuses at any size.
  bool shrink(const Error& error) {
    if (!error.is_transient() || error.wait_floor() || !error.service().code.empty() || part_ <= sizes_.least)
      return false;
    part_ = std::max(part_ / 2, sizes_.least);
    if (session_.notice) session_.notice(cat(error.summary(), "; continuing with parts of ", human_size(part_)));
    return true;
  }

  // Where the next part begins.
  std::uint64_t send_part(const json& fields, std::uint64_t first, std::uint64_t end) {
    std::optional<std::uint64_t> received;
    reach_ = std::max(reach_, end);
    try {
      const auto reply = call_with_body(session_, Service::ecr, "UploadLayerPart", part(fields, first, end),
                                        [&](const std::string& body) { received = last_valid_byte(body); });
      return after(number(reply, "lastByteReceived").value_or(end - 1), first, end);
    } catch (const Error& error) {
      // Most often a part whose reply got lost: ECR has it, and does not take it twice.
      if (error.service().code != "InvalidLayerPartException" || !received) throw;
      if (*received < first && setbacks_ == most_setbacks) throw;
      return after(*received, first, end);
    }
  }

  // What follows the last byte that ECR says it has, when `first` to `end` were sent. It has none if that is byte 0: a
  // part has 5 MiB.
  std::uint64_t after(std::uint64_t last, std::uint64_t first, std::uint64_t end) {
    const auto next = last == 0 && layer_.size > 1 ? 0 : last + 1;
    if (next > reach_ || (next <= first && ++setbacks_ > most_setbacks))
      throw Error(ErrorKind::network, cat("ECR reports an impossible position in the upload of layer ", layer_.digest),
                  "check AWS_ENDPOINT_URL and HTTPS_PROXY, or push again")
          .because(cat("bytes ", first, " to ", end - 1, " were sent, but ECR reports ", last,
                       " as the last byte received"));
    return next;
  }

  // The request's JSON, laid out so that the part is in memory once.
  RequestBody part(const json& fields, std::uint64_t first, std::uint64_t end) {
    auto head = fields;
    head["partFirstByte"] = first;
    head["partLastByte"] = end - 1;
    std::string text = head.dump();
    text.back() = ',';
    text.reserve(text.size() + (end - first + 2) / 3 * 4 + 32);
    text += "\"layerPartBlob\":\"";
    bytes_.read(first, end, [&](Bytes piece) { text += base64(piece); });
    text += "\"}";
    RequestBody body{.text = std::move(text)};
    if (progress_)
      body.progress = [this, first, end](std::uint64_t sent) {
        progress_(first + std::min(sent / 4 * 3, end - first));
      };
    return body;
  }

  void complete(json fields) {
    fields["layerDigests"] = json::array({layer_.digest});
    try {
      const auto reply = call_with_body(session_, Service::ecr, "CompleteLayerUpload", {.text = fields.dump()});
      const auto taken = reply.is_object() ? reply.value("layerDigest", json()) : json();
      if (taken.is_string() && taken != layer_.digest)
        throw Error(ErrorKind::integrity, cat("ECR stored layer ", layer_.digest, " under a different digest"))
            .because(cat("ECR reports ", printable(taken.get<std::string>(), 128)));
    } catch (const Error& error) {
      const auto& code = error.service().code;
      if (code == "LayerAlreadyExistsException") return;
      // The upload is gone after a success whose reply got lost, too.
      if (code != "UploadNotFoundException" || !is_there()) throw;
    }
  }

  bool is_there() {
    auto input = target_;
    input["layerDigests"] = json::array({layer_.digest});
    const auto reply = call_with_body(session_, Service::ecr, "BatchCheckLayerAvailability", {.text = input.dump()});
    const auto layers = reply.is_object() ? reply.value("layers", json()) : json();
    return layers.is_array() && !layers.empty() && layers[0].is_object() &&
           layers[0].value("layerAvailability", "") == "AVAILABLE";
  }

  Session session_;
  const json target_;  // registryId, repositoryName
  const LayerFile& layer_;
  BlobReader bytes_;
  const Progress& progress_;
  const PartSizes sizes_;
  std::uint64_t part_ = sizes_.most;
  std::uint64_t reach_ = 0;  // of what this upload was sent: ECR cannot have more
  unsigned setbacks_ = 0;
};

}  // namespace

void upload_layer(const Session& session, const std::string& account, const std::string& repository,
                  const LayerFile& layer, const Progress& progress, PartSizes sizes) {
  step(cat("uploading layer ", layer.digest, " in parts through the ECR API"), [&] {
    LayerUpload(session, {{"registryId", account}, {"repositoryName", repository}}, layer, progress, sizes).run();
  });
}

}  // namespace lapstrake::aws
