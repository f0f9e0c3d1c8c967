// The state that all package steps of a run share: downloads, archives, the project.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/packages/archives.hpp>
#include <lapstrake/app/packages/downloads.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <string>

namespace lapstrake::app {

// A text file of the project, such as the lock file of an ecosystem, of at most `limits::package_lock_bytes`.
// `path`: relative to the folder of the spec. Error{input} when it is missing, too long or outside of the folder.
std::string text_of_project(const Context& context, const spec::Project& project, const std::string& path);

// It refers to `context` and `project`, which must outlive it.
struct PackageRun {
  PackageRun(const Context& in, const spec::Project& of, const store::Store& store)
      : context(in), project(of), downloads(in, Network(in, of.registries), store), archives(in, store) {}

  // text_of_project()
  std::string text(const std::string& path) const;

  const Context& context;
  const spec::Project& project;
  Downloads downloads;
  Archives archives;
};

// Copies a file of the project into the store. `path`: as for text_of_project(). Error{integrity} when the file does
// not have the digest.
oci::Descriptor copy_to_store(const PackageRun& run, const std::string& path, const std::optional<oci::Digest>& digest);

// The image and platform that a step is for, and the files and environment of its base.
struct StepFacts {
  std::string image;
  oci::Platform platform;
  // With the files of Debian packages below, but no other files of the image, so that `lapstrake lock` knows them too.
  const layers::BaseFiles& base;
  std::vector<std::string> env;  // of the base's config
};
// The value of a variable of the base; empty if it is not set.
std::string variable(const StepFacts& facts, std::string_view name);

// A `deb:` step with its layer.
struct DebStep {
  const oci::Deb& deb;
  const std::string& layer;
  const StepFacts& facts;  // `base` has the layers below, as far as `deb:` steps wrote them
};

// The digest of texts that decided a choice: names and contents, in order.
class InputDigest {
 public:
  void add(std::string_view name, std::string_view text);
  oci::Digest finish();

 private:
  Sha256 hash_;
};

// The entry of the lock. Error{usage}, with the command to run, when `lapstrake.lock` has no such entry, or was made
// from other lock files of the ecosystem.
const packages::LockedInstall& locked_install(const PackageRun& run, const std::string& name,
                                              const oci::Digest& inputs);

// Error{usage}: the entry lacks a package, which the lock file of the ecosystem has.
Error incomplete_install(const packages::LockedInstall& install, const std::string& package);

}  // namespace lapstrake::app
