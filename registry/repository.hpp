// The private state of Repository, shared by blobs.cpp, manifests.cpp, referrers.cpp and upload.cpp.
#pragma once
#include <lapstrake/registry/client.hpp>
#include <string>
#include <string_view>

#include "mirrors.hpp"
#include "registry_http.hpp"
#include "upload_session.hpp"

namespace lapstrake::registry {

struct Repository::State {
  State(ClientOptions its_options, std::string its_host, std::string its_name)
      : options(std::move(its_options)),
        host(std::move(its_host)),
        name(std::move(its_name)),
        api(options, host, name),
        mirrors(options, where()) {}

  std::string where() const { return host + "/" + name; }
  std::string path(std::string_view rest) const { return "/v2/" + name + "/" + std::string(rest); }
  // The Error for an error reply; recognises a missing repository.
  Error error_of(const http::Response& response, std::string what) const;
  Error error_of_other_origin(const http::Response& response, std::string what) const;
  bool has_blob(const oci::Digest& digest, std::uint64_t size, Tries tries) const;
  UploadTarget upload_target(const oci::Descriptor& blob) const;  // `blob` must stay valid
  // The result of a HEAD; nothing when its headers are incomplete or the registry does not support HEAD.
  struct Found {
    std::optional<oci::Descriptor> manifest;
  };
  std::optional<Found> head_manifest(const std::string& tag_or_digest, Tries tries) const;
  http::Response ask_manifest(const std::string& tag_or_digest) const;
  Text checked_text(http::Response response, const std::string& tag_or_digest) const;

  ClientOptions options;
  std::string host, name;
  mutable RegistryHttp api;
  Mirrors mirrors;
};

}  // namespace lapstrake::registry
