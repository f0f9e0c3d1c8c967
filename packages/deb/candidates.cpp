#include "candidates.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/version.hpp>
#include <set>

#include "quick_value.hpp"

namespace lapstrake::packages::deb {
namespace {

Priority priority_of_stanza(std::string_view stanza) {
  constexpr std::array<std::string_view, 4> names{"required", "important", "standard", "optional"};
  return static_cast<Priority>(std::ranges::find(names, quick_value(stanza, "\nPriority:")) - names.begin());
}

}  // namespace

std::vector<std::string_view> names_in_relations(std::string_view field) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < field.size();) {
    const auto end = std::min(field.find_first_of(",|", at), field.size());
    const auto one = trim(field.substr(at, end - at));
    if (const auto name = one.substr(0, one.find_first_of(" \t\r\n(:[<")); !name.empty()) out.push_back(name);
    at = end + 1;
  }
  return out;
}

Candidates::Candidates(const std::vector<const PackageIndex*>& indexes, const ResolveOptions& options,
                       const std::vector<Request>& requests, const std::map<std::string, std::string>& keep)
    : options_(options), requests_(requests), keep_(keep) {
  for (const auto* index : indexes)
    index->for_each([&](std::string_view name, std::string_view stanza) { add(*index, name, stanza); });
  for (const auto& [name, candidate] : by_name_)
    for (const auto provided : names_in_relations(quick_value(candidate.stanza, "\nProvides:")))
      providers_.emplace(provided, name);
}

void Candidates::add(const PackageIndex& index, std::string_view name, std::string_view stanza) {
  Candidate one{.index = &index,
                .name = name,
                .version = quick_value(stanza, "\nVersion:"),
                .architecture = quick_value(stanza, "\nArchitecture:"),
                .stanza = stanza};
  if (one.architecture != options_.architecture && one.architecture != "all") return;
  const auto [at, is_new] = by_name_.emplace(name, one);
  if (!is_new && is_better(one, at->second)) at->second = one;
}

// A version that the requests admit, the kept one, a local file, the highest one: in this order.
bool Candidates::is_better(const Candidate& one, const Candidate& other) const {
  for (const auto& request : requests_)
    if (request.name == one.name && admits(request, one.version) != admits(request, other.version))
      return admits(request, one.version);
  if (const auto kept = keep_.find(std::string(one.name)); kept != keep_.end())
    if ((one.version == kept->second) != (other.version == kept->second)) return one.version == kept->second;
  if (one.index->suite().empty() != other.index->suite().empty()) return one.index->suite().empty();
  return compare_versions(one.version, other.version) > 0;
}

std::vector<Candidate> Candidates::reachable(const std::vector<std::string>& names) const {
  std::set<std::string_view> seen;
  std::vector<std::string_view> queue;
  const auto visit = [&](std::string_view name) {
    const auto found = by_name_.find(name);
    if (found != by_name_.end() && seen.insert(found->first).second) queue.push_back(found->first);
  };
  const auto visit_all = [&](std::string_view name) {
    visit(name);
    const auto [first, last] = providers_.equal_range(name);
    for (auto at = first; at != last; ++at) visit(at->second);
  };
  for (const auto& name : names) visit_all(name);
  while (!queue.empty()) {
    const auto stanza = by_name_.at(queue.back()).stanza;
    queue.pop_back();
    for (const auto field : {"\nPre-Depends:", "\nDepends:", "\nRecommends:"})
      if (options_.recommends || std::string_view(field) != "\nRecommends:")
        for (const auto name : names_in_relations(quick_value(stanza, field))) visit_all(name);
  }
  std::vector<Candidate> out;
  for (const auto name : seen) {
    out.push_back(by_name_.at(name));
    out.back().priority = priority_of_stanza(out.back().stanza);
  }
  return out;
}

std::vector<std::string> Candidates::names() const {
  std::vector<std::string> out;
  for (const auto& [name, candidate] : by_name_) out.emplace_back(name);
  return out;
}

std::vector<std::string> Candidates::essential() const {
  std::vector<std::string> out;
  for (const auto& [name, candidate] : by_name_)
    if (quick_value(candidate.stanza, "\nEssential:") == "yes") out.emplace_back(name);
  return out;
}

}  // namespace lapstrake::packages::deb
