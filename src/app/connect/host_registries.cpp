#include "host_registries.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/read.hpp>

namespace lapstrake::app {
namespace {

std::optional<std::filesystem::path> host_file(const Environment& environment) {
  if (const auto named = environment("LAPSTRAKE_REGISTRIES")) return *named;
  std::filesystem::path folder;
  if (const auto config = environment("XDG_CONFIG_HOME"); config && config->starts_with('/'))
    folder = *config;
  else if (const auto home = environment("HOME"))
    folder = std::filesystem::path(*home) / ".config";
  if (folder.empty()) return std::nullopt;
  std::error_code ignored;
  const auto usual = folder / "lapstrake/registries.yaml";
  return std::filesystem::exists(usual, ignored) ? std::optional(usual) : std::nullopt;
}

// The project's settings take precedence over the host's, key by key.
void fill(spec::RegistrySettings& project, spec::RegistrySettings&& host) {
  if (!project.ca) project.ca = std::move(host.ca);
  if (!project.client_certificate) {
    project.client_certificate = std::move(host.client_certificate);
    project.client_key = std::move(host.client_key);
  }
  project.insecure = project.insecure || host.insecure;
  if (project.token_server.empty()) project.token_server = std::move(host.token_server);
  if (project.mirrors.empty()) project.mirrors = std::move(host.mirrors);
  project.mirrors_only = project.mirrors_only || host.mirrors_only;
}

}  // namespace

Registries with_host_registries(Registries registries, const Environment& environment) {
  const auto file = host_file(environment);
  if (!file) return registries;
  spec::ReadOptions options;
  options.file = *file;
  options.environment_variables = environment;
  auto result = spec::read(options);
  if (!result.project)
    throw Error(ErrorKind::usage, cat("cannot use the registry settings of this host, `", file->string(), "`"),
                "correct the file, or set LAPSTRAKE_REGISTRIES to a different file")
        .because(result.findings.empty() ? "" : report(result.findings.front()));
  for (auto& [host, settings] : result.project->registries) fill(registries[host], std::move(settings));
  return registries;
}

}  // namespace lapstrake::app
