// The packages that a resolution may need: all that are reachable from the requests, each in one version, as apt has
// one candidate for each name.
#pragma once
#include <lapstrake/packages/deb/package_index.hpp>
#include <lapstrake/packages/deb/request.hpp>
#include <lapstrake/packages/deb/resolve_options.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

struct Candidate {
  const PackageIndex* index = nullptr;
  std::string_view name, version, architecture, stanza;
  Priority priority = Priority::optional;
};

// The names in a dependency field, without versions and architectures; of all alternatives.
std::vector<std::string_view> names_in_relations(std::string_view field);

class Candidates {
 public:
  // `keep`: versions to take instead of the highest, if the indexes still have them.
  Candidates(const std::vector<const PackageIndex*>& indexes, const ResolveOptions& options,
             const std::vector<Request>& requests, const std::map<std::string, std::string>& keep);

  // Reachable from `names` through dependencies, with all providers; sorted by name.
  std::vector<Candidate> reachable(const std::vector<std::string>& names) const;
  const Candidate* find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &found->second;
  }
  std::vector<std::string> names() const;
  std::vector<std::string> essential() const;

 private:
  void add(const PackageIndex& index, std::string_view name, std::string_view stanza);
  bool is_better(const Candidate& one, const Candidate& other) const;

  const ResolveOptions& options_;
  const std::vector<Request>& requests_;
  const std::map<std::string, std::string>& keep_;
  std::map<std::string_view, Candidate> by_name_;
  std::multimap<std::string_view, std::string_view> providers_;  // virtual names, and names of packages
};

}  // namespace lapstrake::packages::deb
