#include <filesystem>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/keychain.hpp>
#include <vector>

#include "credential_helper.hpp"
#include "docker_config.hpp"

namespace lapstrake::registry {
namespace {

namespace fs = std::filesystem;

// The logins themselves, as JSON (docker's command line, GitLab's runners).
constexpr std::string_view auth_variable = "DOCKER_AUTH_CONFIG";

struct ConfigFile {
  fs::path path;  // empty: `auth_variable`
  std::string what;
};

std::vector<ConfigFile> config_files(const Environment& environment) {
  std::vector<ConfigFile> files;
  const auto add = [&](const std::optional<std::string>& folder, const char* rest, std::string_view whose) {
    if (folder) files.push_back({fs::path(*folder) / rest, cat(whose, " (", (fs::path(*folder) / rest).string(), ")")});
  };
  if (const auto file = environment("REGISTRY_AUTH_FILE"))
    files.push_back({*file, cat("REGISTRY_AUTH_FILE (", *file, ")")});
  files.push_back({{}, std::string(auth_variable)});
  if (environment("DOCKER_CONFIG"))
    add(environment("DOCKER_CONFIG"), "config.json", "docker's config.json");
  else
    add(environment("HOME"), ".docker/config.json", "docker's config.json");
  add(environment("XDG_RUNTIME_DIR"), "containers/auth.json", "podman's auth.json");
  if (environment("XDG_CONFIG_HOME"))
    add(environment("XDG_CONFIG_HOME"), "containers/auth.json", "podman's auth.json");
  else
    add(environment("HOME"), ".config/containers/auth.json", "podman's auth.json");
  return files;
}

// The entry of `map` whose key matches the repository best.
template <class Map>
typename Map::const_iterator best_match(const Map& map, const std::string& host, const std::string& repository) {
  auto best = map.end();
  std::size_t best_rank = 0;
  for (auto entry = map.begin(); entry != map.end(); ++entry) {
    const auto rank = match(entry->first, host, repository);
    if (rank && (best == map.end() || *rank > best_rank)) {
      best = entry;
      best_rank = *rank;
    }
  }
  return best;
}

// The key under which docker stores logins of Docker Hub.
std::string stored_name(const std::string& host) { return host == "docker.io" ? "https://index.docker.io/v1/" : host; }

// Nothing when the file does not exist.
std::optional<std::string> text_of(const ConfigFile& file, const Environment& environment) {
  if (file.path.empty()) return environment(auth_variable);
  std::error_code error;
  if (!fs::exists(file.path, error)) return std::nullopt;
  return read_file(file.path, 8u << 20);
}

std::optional<Login> look_up(const Runtime& runtime, const ConfigFile& file, const std::string& host,
                             const std::string& repository) {
  const auto text = text_of(file, runtime.environment);
  if (!text) return std::nullopt;
  const auto config = parse_docker_config(*text, file.what);
  const auto from_helper = [&](const std::string& name, const std::string& server) {
    auto login = run_credential_helper(runtime, name, server);
    if (login) login->source += cat(", named in ", file.what);
    return login;
  };
  const auto helper = best_match(config.helpers, host, repository);
  const bool no_helper = helper != config.helpers.end() && helper->second.empty();  // means: use the file's own logins
  if (helper != config.helpers.end() && !no_helper)
    if (auto login = from_helper(helper->second, host == "docker.io" ? stored_name(host) : helper->first)) return login;
  if (!config.store.empty() && !no_helper)
    if (auto login = from_helper(config.store, stored_name(host))) return login;
  if (const auto entry = best_match(config.auths, host, repository); entry != config.auths.end())
    return login_of(entry->second, entry->first, file.what);
  return std::nullopt;
}

}  // namespace

Keychain docker_keychain(const Runtime& runtime, std::string repository) {
  return [runtime, repository = std::move(repository)](const std::string& host, bool) -> std::optional<Login> {
    for (const auto& file : config_files(runtime.environment))
      if (auto login = look_up(runtime, file, host, repository)) {
        runtime.secrets->learn_login(login->username, login->password);
        return login;
      }
    return std::nullopt;
  };
}

}  // namespace lapstrake::registry
