// Stores manifests as ECR does, for PUT /v2/.../manifests/... and PutImage.
#pragma once
#include <lapstrake/sandbox/registry/repositories.hpp>
#include <optional>
#include <string>

namespace lapstrake::sandbox {

struct ErrorResponse {
  int status = 400;           // of /v2/
  std::string code, message;  // of /v2/: "TAG_INVALID"
  std::string exception;      // of the JSON API: "ImageTagAlreadyExistsException"
};

struct NewManifest {
  std::string text, media_type;
  std::string reference;  // a tag, a digest, or empty
  Time now;
};

// The error, or nothing when the manifest is stored. The media type must be known and match the body, blobs and
// children must exist, and a tag of an immutable repository is never set again, not even to the same digest.
std::optional<ErrorResponse> put_manifest(Repository& repository, const NewManifest& manifest);

// The digest of a tag or digest; empty when it does not exist.
std::string find_manifest(const Repository& repository, const std::string& reference);
// The digest of "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:v1"; nothing when the sandbox does not have the
// image.
std::optional<std::string> digest_of_image(Repositories& repositories, const std::string& image);

bool is_tag(std::string_view text);  // [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}

}  // namespace lapstrake::sandbox
