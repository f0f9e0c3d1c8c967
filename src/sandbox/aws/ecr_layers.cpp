// ECR's layer API: InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload, on the upload sessions of /v2/.
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>

#include "ecr_input.hpp"
#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t part_size = 10'485'760, most_part = 20'971'520;  // botocore's ECR model: LayerPartBlob

class LayerOperations {
 public:
  LayerOperations(Repositories& repositories, Uploads& uploads) : repositories_(repositories), uploads_(uploads) {}

  Json initiate(const Json& input, const Caller& caller) const {
    return with_repository(repositories_, input, caller, [&](auto&, Repository& repository) {
      return Json{{"uploadId", uploads_.begin(repository.name)}, {"partSize", part_size}};
    });
  }

  Json upload_part(const Json& input, const Caller& caller) const {
    const UploadId id = upload_of(input, caller);
    const auto first = byte_of(input, "partFirstByte"), last = byte_of(input, "partLastByte");
    const auto bytes = base64_decode(text_member(input, "layerPartBlob"));
    if (!bytes) throw ApiFailure{"SerializationException", "Unable to decode base64"};
    if (bytes->size() > most_part)
      throw invalid("layerPartBlob", "Member must have length less than or equal to 20971520");
    if (last < first || last - first + 1 != bytes->size())
      throw invalid_part(id, uploads_.size(id.upload, id.name).value_or(0),
                         cat("Layer part size ", bytes->size(), " does not match bytes ", first, " to ", last));
    const auto outcome = uploads_.append(id.upload, id.name, Uploads::Kind::chunk, first,
                                         [&](const Sink& sink) { sink(as_bytes(*bytes)); });
    if (outcome.kind == Uploads::Outcome::Kind::unknown) throw upload_not_found(id);
    if (outcome.kind == Uploads::Outcome::Kind::wrong_start)
      throw invalid_part(id, outcome.size,
                         cat("First byte of the layer part is ", outcome.claimed, " instead of ", outcome.size));
    Json reply = id.members();
    reply["lastByteReceived"] = last;
    return reply;
  }

  Json complete(const Json& input, const Caller& caller) const {
    const UploadId id = upload_of(input, caller);
    const auto digests = texts_member(input, "layerDigests");
    if (digests.size() != 1 || !oci::Digest::parse(digests[0])) throw invalid("layerDigests", "one digest is expected");
    const auto size = uploads_.size(id.upload, id.name);
    if (!size) throw upload_not_found(id);
    if (*size == 0)
      throw ApiFailure{"EmptyUploadException", cat("The upload with id '", id.upload, "' has no layer parts")};
    return with_repository(repositories_, input, caller, [&](auto&, Repository& repository) {
      if (repository.blobs.contains(digests[0])) {
        uploads_.cancel(id.upload, id.name);
        throw ApiFailure{"LayerAlreadyExistsException",
                         cat("Layer with digest '", digests[0], "' already exists in the repository with name '",
                             id.name, "' in registry with id '", id.account, "'")};
      }
      return finished(id, repository, digests[0]);
    });
  }

 private:
  struct UploadId {
    std::string account, name, upload;
    Json members() const { return {{"registryId", account}, {"repositoryName", name}, {"uploadId", upload}}; }
  };

  UploadId upload_of(const Json& input, const Caller& caller) const {
    with_repository(repositories_, input, caller, [](auto&, auto&) { return Json(); });  // it is there
    return {registry_id(input, caller), repository_name(input), text_member(input, "uploadId")};
  }

  static std::uint64_t byte_of(const Json& input, const char* name) {
    const auto value = input.value(name, Json());
    if (!value.is_number_unsigned()) throw invalid(name, "Member must have value greater than or equal to 0");
    return value.get<std::uint64_t>();
  }

  static ApiFailure upload_not_found(const UploadId& id) {
    return {"UploadNotFoundException",
            cat("The upload with id '", id.upload, "' was not found in the repository with name '", id.name,
                "' in registry with id '", id.account, "'")};
  }

  static ApiFailure invalid_part(const UploadId& id, std::uint64_t stored, const std::string& why) {
    Json members = id.members();
    if (stored > 0) members["lastValidByteReceived"] = stored - 1;
    return {.code = "InvalidLayerPartException", .message = why, .members = members.dump()};
  }

  Json finished(const UploadId& id, Repository& repository, const std::string& digest) const {
    const auto finished = uploads_.finish(id.upload, digest);
    using Kind = Uploads::Finished::Kind;
    if (finished.kind == Kind::unknown) throw upload_not_found(id);
    if (finished.kind == Kind::part_too_small)
      throw ApiFailure{"LayerPartTooSmallException", "Layer parts must be at least 5 MiB in size."};
    if (finished.kind == Kind::wrong_digest)
      throw ApiFailure{"InvalidLayerException",
                       cat("The layer's digest is ", finished.digest, " and not '", digest, "'")};
    repository.blobs[digest] = finished.size;
    Json reply = id.members();
    reply["layerDigest"] = digest;
    return reply;
  }

  Repositories& repositories_;
  Uploads& uploads_;
};

}  // namespace

Operations layer_operations(Repositories& repositories, Uploads& uploads) {
  const auto all = std::make_shared<LayerOperations>(repositories, uploads);
  auto bound = [&](auto method) {
    return [all, method](const Json& input, const Caller& caller) { return (*all.*method)(input, caller); };
  };
  return {{"InitiateLayerUpload", bound(&LayerOperations::initiate)},
          {"UploadLayerPart", bound(&LayerOperations::upload_part)},
          {"CompleteLayerUpload", bound(&LayerOperations::complete)}};
}

}  // namespace lapstrake::sandbox
