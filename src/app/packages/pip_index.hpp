// Asks the indexes of a source for the files of a project.
#pragma once
#include <lapstrake/app/packages/download.hpp>
#include <lapstrake/app/packages/host_indexes.hpp>
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/packages/pip/index.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lapstrake::app {

struct IndexedProject {
  packages::pip::ProjectPage page;
  http::Url from;       // that the page is from, after redirects
  http::Url base;       // that links of the page are relative to
  AuthorizedUrl index;  // that it is from
};

// Safe to use from several threads.
class PipIndex {
 public:
  // `source`: "host" or a key of `sources:`.
  PipIndex(const PackageRun& run, const std::string& source);

  // From the first index that has the project, so that nobody can replace a project of a private index by one of the
  // same name in a public one. nullptr if no index has it. Each page is read once.
  std::shared_ptr<const IndexedProject> project(const std::string& name);

  // The file, or with `suffix` ".metadata" its metadata. A link to another origin than the index's is trusted as a
  // redirect of the page is. Error{integrity} if it leads from https to http.
  Download download(const IndexedProject& project, const packages::pip::IndexFile& file,
                    std::string_view suffix = "") const;
  // A file by its URL; with the credentials of an index of the same origin.
  Download download(const std::string& url, std::string what) const;

  std::string names() const;  // of the indexes, for messages: "`https://pypi.org/simple/`"

 private:
  std::shared_ptr<const IndexedProject> read(const std::string& name) const;
  // Read when the first wheel is missing: a build from the store does not depend on pip's configuration.
  const std::vector<AuthorizedUrl>& indexes() const;

  const PackageRun& run_;
  std::string source_;
  mutable std::once_flag once_;
  mutable std::vector<AuthorizedUrl> indexes_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const IndexedProject>> projects_;
};

}  // namespace lapstrake::app
