// Putting a manifest as ECR does, for its two doors: PUT /v2/.../manifests/... and PutImage.
#pragma once
#include <optional>
#include <string>

#include "repositories.hpp"

namespace lapstrake::sandbox {

struct Refusal {
  int status = 400;           // of /v2/
  std::string code, message;  // of /v2/: "TAG_INVALID"
  std::string exception;      // of the JSON API: "ImageTagAlreadyExistsException"
};

struct NewManifest {
  std::string text, media_type;
  std::string reference;  // a tag, a digest, or empty
  Time now;
};

// Why not; nothing when it is in. The type must be known and the body's own, blobs and children must be there already,
// a tag of an immutable repository is never set again, not even to the same digest.
std::optional<Refusal> put_manifest(Repository& repository, const NewManifest& manifest);

// The digest that a tag or digest stands for; empty when there is none.
std::string find_manifest(const Repository& repository, const std::string& reference);

bool is_tag(std::string_view text);  // [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}

}  // namespace lapstrake::sandbox
