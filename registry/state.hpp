// What the parts of Repository share: one file for uploads, one for blobs, one for manifests.
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
  // The Error for a reply that says no; knows the registry's words for a repository that is not there.
  Error refusal(const http::Response& response, std::string what) const;
  Error refused_elsewhere(const http::Response& response, std::string what) const;
  bool has_blob(const oci::Digest& digest, std::uint64_t size, Tries tries) const;
  UploadTarget upload_target(const oci::Descriptor& blob) const;  // which must stay
  // The answer to a HEAD; nothing when it says too little, or HEAD is not known there.
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

// The Error for a repository that is not there; `because` is how is_missing_repository knows it.
Error missing_repository(const std::string& host, const std::string& name, std::string what, std::string_view said);

}  // namespace lapstrake::registry
