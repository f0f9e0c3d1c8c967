// A project: the content of `lapstrake.yaml` for one environment, with every variable expanded.
#pragma once
#include <cstdint>
#include <filesystem>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/oci/reference.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::spec {

// A file that a push attaches to the image.
struct Attachment {
  std::filesystem::path folder;  // the spec's
  std::string from, type;        // relative to it; a media type
  bool required = false;         // else a failure is a warning
  std::map<std::string, std::string> annotations;
  Position where;
};

// Settings of a repository that `push --create-repository` creates (ECR).
struct RepositorySettings {
  std::optional<bool> immutable_tags;
  std::vector<std::string> immutable_tags_except;  // the opposite applies to tags that match these patterns
  std::optional<bool> scan_on_push;
  std::optional<std::string> encryption, kms_key;  // AES256, KMS, KMS_DSSE; a key requires one of the last two
  std::map<std::string, std::string> tags;
  Position where;
};

struct Image {
  std::string name;
  std::string repository;  // "host/repo", empty when the spec gives none (build only)
  std::optional<RepositorySettings> repository_settings = {};
  std::vector<std::string> tags;             // "latest" is not assumed: without tags a push is by digest only
  std::optional<oci::Reference> base;        // none: scratch; a path on disk includes the spec's folder
  std::optional<oci::Digest> base_pin = {};  // the digest that the base must have: app::pin_bases() sets it
  std::vector<oci::Platform> platforms;      // at least one; linux/amd64 by default
  oci::Compression compression;
  std::vector<oci::LayerRecipe> layers;  // `${platform.*}` in their sources is expanded by fill_platform()
  oci::Accounts accounts;
  std::optional<std::vector<std::string>> entrypoint, cmd;
  std::map<std::string, std::string> env, labels, annotations;
  std::string user, workdir, stopsignal, author;
  std::vector<std::string> expose, volumes;
  std::vector<Attachment> attachments;
  bool has_sbom = false;  // a push attaches its bill of materials
  Position where;
};

// The base and the references of `from:` steps, as written: images that are read and not built.
std::vector<oci::Reference> references_of(const Image& image);

// All that decides which packages the lock needs: bases, platforms and steps. Equal for environments with the same
// packages.
std::string packages_text(const std::vector<Image>& images);

// One of `tasks:`. The file of `from:` and the members in the spec are kept separately, as JSON texts, so that `aws`
// reads the file in all its formats and applies the members to it. In both, `${images.N}` is unexpanded:
// fill_images() expands it.
struct Task {
  std::string name;                                     // the family, unless the document sets one
  std::filesystem::path from_file;                      // empty when there is no `from:`
  std::optional<std::string> from_text;                 // that file as JSON, its variables expanded
  std::map<std::string, Position> from_positions = {};  // of that file's values, by JSON pointer into it
  std::string overlay;                                  // a merge patch: null removes what the file has
  std::map<std::string, Position> positions;            // of the overlay's values, by JSON pointer into the overlay
  std::vector<std::string> ignore_rules = {};           // names of rules of `check` to ignore for this task
  Position ignore_where = {};                           // of that list
  std::vector<std::string> images;                      // names that `${images.N}` refers to, sorted, each once
  Position where;
};

// The task that runs before a service is updated.
struct ReleasePhase {
  std::string task = {};                                 // the name of a task of the spec
  std::string container = {};                            // empty: the first essential one
  std::optional<std::vector<std::string>> command = {};  // none: the container's own
};

// Automatic scaling of a service, in tasks and percent.
struct Scaling {
  std::int64_t least = 0, most = 0;
  std::optional<std::int64_t> cpu = {}, memory = {};
};

// One of `services:`.
struct Service {
  std::string name;      // the name in ECS, unless the document sets `serviceName`
  std::string task;      // the name of a task of the spec
  std::string document;  // members of CreateService and UpdateService, as a JSON object; null removes a member
  std::map<std::string, Position> positions = {};  // of the document's values, by JSON pointer
  std::optional<ReleasePhase> before = {};
  std::optional<Scaling> scale = {};
  Position where = {};
};

struct RegistrySettings {
  // Paths that include the spec's folder.
  std::optional<std::filesystem::path> ca, client_certificate, client_key;
  bool insecure = false;
  std::string token_server = {};          // "https://HOST[:PORT]"; empty: the registry itself, or a built-in pair
  std::vector<std::string> mirrors = {};  // "HOST[:PORT][/PATH]", in the order in which they are tried
  bool mirrors_only = false;
};

// One of `sources:`: where packages come from, instead of the configuration of pip, npm or apt on this machine.
struct PackageSource {
  enum class Type { pip, npm, deb } type = Type::pip;
  std::string uri;  // http or https, without credentials; for deb also file, with an absolute path
  // The rest is of type deb.
  std::vector<std::string> suites = {};      // at least one
  std::vector<std::string> components = {};  // at least one
  std::filesystem::path keyring = {};        // includes the spec's folder; empty: the Debian keyrings of this machine
  bool check_valid_until = true;             // whether an expired Release file is refused
  Position where;
};

struct Project {
  std::filesystem::path file, folder;
  std::string environment;  // empty when none was chosen
  std::vector<Image> images;
  std::vector<Task> tasks;
  std::vector<Service> services = {};
  std::map<std::string, RegistrySettings> registries;
  std::map<std::string, PackageSource> sources = {};
  std::vector<oci::Reference> bases = {};  // and images of `from:`, of every environment, as far as they are known
  bool has_unknown_bases = false;          // ... and some are unknown because a variable is not set here
  bool has_other_packages = false;         // an environment that is not the chosen one has other packages
};

}  // namespace lapstrake::spec
