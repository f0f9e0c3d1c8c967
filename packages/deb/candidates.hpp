// The packages that a resolution may need: all that are reachable from the requests. As in apt, each name has one
// candidate; some other versions may replace it where the candidates do not fit together.
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

enum class Versions { candidates, with_others };

class Candidates {
 public:
  // The candidate of a name is the version that the requests admit, that `options.keep` names, of a local file, or the
  // highest one: in this order.
  Candidates(const std::vector<const PackageIndex*>& indexes, const ResolveOptions& options,
             const std::vector<Request>& requests);

  // Reachable from `names` through dependencies, with all providers; sorted by name. Other versions are those that may
  // replace a candidate: higher ones than `options.keep` names, and, if an old version is requested, also lower ones.
  // (A lower version is never chosen only because the highest one has a dependency that nothing provides.)
  std::vector<Candidate> reachable(const std::vector<std::string>& names, Versions versions) const;
  const Candidate* find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &found->second;
  }
  // Of the packages that provide the name, sorted.
  std::vector<std::string> providers_of(std::string_view name) const;
  std::vector<std::string> names() const;
  std::vector<std::string> essential() const;

 private:
  void add(const PackageIndex& index, std::string_view name, std::string_view stanza);
  bool is_better(const Candidate& one, const Candidate& other) const;
  bool is_old_requested() const;
  std::vector<Candidate> replacements_of(const Candidate& candidate) const;

  const ResolveOptions& options_;
  const std::vector<Request>& requests_;
  std::map<std::string_view, Candidate> by_name_;
  std::multimap<std::string_view, Candidate> others_;            // versions that are not the candidate
  std::multimap<std::string_view, std::string_view> providers_;  // virtual names, and names of packages
  bool may_be_lower_ = false;
};

}  // namespace lapstrake::packages::deb
