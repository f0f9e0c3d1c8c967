// docker's config.json and podman's auth.json as values; pure.
#pragma once
#include <lapstrake/registry/login.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::registry {

struct DockerConfig {
  struct Entry {
    std::string auth = {}, username = {}, password = {}, identity_token = {}, registry_token = {};
  };
  std::map<std::string, Entry> auths;
  std::map<std::string, std::string> helpers;  // registry -> NAME of docker-credential-NAME
  std::string store;                           // the helper for all other registries
};

// `what` names the file, for errors. Error{access} when it is invalid.
DockerConfig parse_docker_config(std::string_view json, const std::string& what);

// How well a key of the file matches a repository of a host; nothing: no match. Docker writes "HOST", "https://HOST"
// and "https://HOST/v1/", docker.io as "https://index.docker.io/v1/"; podman also "HOST/NAMESPACE": the longest match
// wins.
std::optional<std::size_t> match(std::string_view key, const std::string& host, const std::string& repository);

// The login of an entry; nothing when it is empty, as with a credsStore. Error{access} when it is invalid.
std::optional<Login> login_of(const DockerConfig::Entry& entry, const std::string& key, const std::string& what);

}  // namespace lapstrake::registry
