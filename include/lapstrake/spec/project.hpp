// A project as `lapstrake.yaml` says it, for one environment, with every variable filled in.
#pragma once
#include <cstdint>
#include <filesystem>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/oci/reference.hpp>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::spec {

struct Image {
  std::string name;
  std::string repository;         // "host/repo", empty when the spec gives none (build only)
  std::vector<std::string> tags;  // "latest" is not assumed: without tags a push goes by digest alone
  std::optional<oci::Reference> base;  // none: scratch
  std::vector<oci::Platform> platforms;  // at least one: linux/amd64 unless said
  oci::Compression compression;
  std::vector<oci::LayerRecipe> layers;
  oci::Accounts accounts;
  std::optional<std::vector<std::string>> entrypoint, cmd;
  std::map<std::string, std::string> env, labels, annotations;
  std::string user, workdir, stopsignal, author;
  std::vector<std::string> expose, volumes;
  oci::Position where;
};

struct Task {
  std::string name;      // the family, unless the document says another
  std::string document;  // JSON text: `from:` and the overlay merged; `${images.N}` still in it
  std::map<std::string, oci::Position> positions;  // of the overlay's values, by JSON pointer into `document`
  std::vector<std::string> images;  // names that `${images.N}` refers to
  oci::Position where;
};

struct RegistrySettings {
  std::optional<std::filesystem::path> ca, client_certificate, client_key;
  bool insecure = false;
};

struct Project {
  std::filesystem::path file, folder;
  std::string environment;  // empty when none was chosen
  std::vector<Image> images;
  std::vector<Task> tasks;
  std::map<std::string, RegistrySettings> registries;
};

}  // namespace lapstrake::spec
