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
#include <string_view>
#include <vector>

namespace lapstrake::spec {

// A file that a push attaches to the image.
struct Attachment {
  std::filesystem::path folder;  // the spec's
  std::string from, type;        // relative to it; a media type
  bool required = false;         // else a failure is a warning
  std::map<std::string, std::string> annotations;
  oci::Position where;
};

// What a repository is made with by `push --create-repository` (ECR).
struct RepositorySettings {
  std::optional<bool> immutable_tags;
  std::vector<std::string> immutable_tags_except;  // for these patterns the opposite holds
  std::optional<bool> scan_on_push;
  std::optional<std::string> encryption, kms_key;  // AES256, KMS, KMS_DSSE; a key goes with the last two
  std::map<std::string, std::string> tags;
  oci::Position where;
};

struct Image {
  std::string name;
  std::string repository;  // "host/repo", empty when the spec gives none (build only)
  std::optional<RepositorySettings> repository_settings = {};
  std::vector<std::string> tags;             // "latest" is not assumed: without tags a push goes by digest alone
  std::optional<oci::Reference> base;        // none: scratch; the path of one on disk is whole
  std::optional<oci::Digest> base_pin = {};  // what the base must be: app::pin_bases() fills it
  std::vector<oci::Platform> platforms;      // at least one: linux/amd64 unless said
  oci::Compression compression;
  std::vector<oci::LayerRecipe> layers;  // `${platform.*}` stands in their sources as written: fill_platform() fills it
  oci::Accounts accounts;
  std::optional<std::vector<std::string>> entrypoint, cmd;
  std::map<std::string, std::string> env, labels, annotations;
  std::string user, workdir, stopsignal, author;
  std::vector<std::string> expose, volumes;
  std::vector<Attachment> attachments;
  oci::Position where;
};

// One of `tasks:`. What `from:` names and what stands in the spec are kept apart, as JSON texts, so that `aws` reads
// the first in all its forms and lays the second over it. In both, `${images.N}` stands as it was written:
// fill_images() fills it.
struct Task {
  std::string name;                                          // the family, unless the document says another
  std::filesystem::path from_file;                           // empty when there is no `from:`
  std::optional<std::string> from_text;                      // that file as JSON, its variables filled in
  std::map<std::string, oci::Position> from_positions = {};  // of that file's values, by JSON pointer into it
  std::string overlay;                                       // a merge patch: null removes what the file has
  std::map<std::string, oci::Position> positions;  // of the overlay's values, by JSON pointer into the overlay
  std::vector<std::string> ignore_rules = {};      // names of rules of `check` that this task need not follow
  oci::Position ignore_where = {};                 // of that list
  std::vector<std::string> images;                 // names that `${images.N}` refers to, sorted, each once
  oci::Position where;
};

// Where the value at `pointer` of `document` (the file and the overlay merged) was written: in the overlay or the file,
// whichever has more of the steps to it (the overlay wins a tie), else where the task stands. Objects in lists are
// found by their `name`.
oci::Position position_of(const Task& task, const nlohmann::json& document, std::string_view pointer);

struct RegistrySettings {
  // Whole paths.
  std::optional<std::filesystem::path> ca, client_certificate, client_key;
  bool insecure = false;
  std::string token_server = {};          // "https://HOST[:PORT]"; empty: the registry itself, or a pair that is known
  std::vector<std::string> mirrors = {};  // "HOST[:PORT][/PATH]", in the order in which they are asked
  bool mirrors_only = false;
};

struct Project {
  std::filesystem::path file, folder;
  std::string environment;  // empty when none was chosen
  std::vector<Image> images;
  std::vector<Task> tasks;
  std::map<std::string, RegistrySettings> registries;
  std::vector<oci::Reference> bases = {};  // of the images of every environment, as far as they can be told
  bool has_unknown_bases = false;          // ... and some cannot, for want of a variable that is not set here
};

}  // namespace lapstrake::spec
