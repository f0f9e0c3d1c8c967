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
                       const std::vector<Request>& requests)
    : options_(options), requests_(requests) {
  for (const auto* index : indexes)
    index->for_each([&](std::string_view name, std::string_view stanza) { add(*index, name, stanza); });
  for (const auto& [name, candidate] : by_name_)
    for (const auto provided : names_in_relations(quick_value(candidate.stanza, "\nProvides:")))
      providers_.emplace(provided, name);
  may_be_lower_ = is_old_requested();
}

void Candidates::add(const PackageIndex& index, std::string_view name, std::string_view stanza) {
  Candidate one{.index = &index,
                .name = name,
                .version = quick_value(stanza, "\nVersion:"),
                .architecture = quick_value(stanza, "\nArchitecture:"),
                .stanza = stanza};
  if (one.architecture != options_.architecture && one.architecture != "all") return;
  const auto [at, is_new] = by_name_.emplace(name, one);
  if (is_new) return;
  if (is_better(one, at->second)) std::swap(one, at->second);
  if (one.version != at->second.version) others_.emplace(name, one);
}

bool Candidates::is_better(const Candidate& one, const Candidate& other) const {
  for (const auto& request : requests_)
    if (request.name == one.name && admits(request, one.version) != admits(request, other.version))
      return admits(request, one.version);
  if (const auto kept = options_.keep.find(std::string(one.name)); kept != options_.keep.end())
    if ((one.version == kept->second) != (other.version == kept->second)) return one.version == kept->second;
  if (one.index->suite().empty() != other.index->suite().empty()) return one.index->suite().empty();
  return compare_versions(one.version, other.version) > 0;
}

// A request that does not admit the highest version.
bool Candidates::is_old_requested() const {
  return std::ranges::any_of(requests_, [&](const Request& request) {
    const auto* candidate = find(request.name);
    if (candidate == nullptr) return false;
    const auto [first, last] = others_.equal_range(candidate->name);
    return std::any_of(first, last, [&](const auto& other) {
      return compare_versions(other.second.version, candidate->version) > 0 && !admits(request, other.second.version);
    });
  });
}

std::vector<Candidate> Candidates::replacements_of(const Candidate& candidate) const {
  std::vector<Candidate> out;
  const auto [first, last] = others_.equal_range(candidate.name);
  const bool is_kept = options_.keep.contains(std::string(candidate.name));
  for (auto at = first; at != last; ++at)
    if (may_be_lower_ || (is_kept && compare_versions(at->second.version, candidate.version) > 0))
      out.push_back(at->second);
  return out;
}

std::vector<Candidate> Candidates::reachable(const std::vector<std::string>& names, Versions versions) const {
  std::set<std::string_view> seen;
  std::vector<Candidate> queue, out;
  const auto visit = [&](std::string_view name) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end() || !seen.insert(found->first).second) return;
    queue.push_back(found->second);
    if (versions == Versions::with_others) std::ranges::move(replacements_of(found->second), std::back_inserter(queue));
  };
  const auto visit_all = [&](std::string_view name) {
    visit(name);
    const auto [first, last] = providers_.equal_range(name);
    for (auto at = first; at != last; ++at) visit(at->second);
  };
  for (const auto& name : names) visit_all(name);
  while (!queue.empty()) {
    out.push_back(queue.back());
    queue.pop_back();
    const auto stanza = out.back().stanza;
    out.back().priority = priority_of_stanza(stanza);
    for (const auto field : {"\nPre-Depends:", "\nDepends:", "\nRecommends:"})
      if (options_.recommends || std::string_view(field) != "\nRecommends:")
        for (const auto name : names_in_relations(quick_value(stanza, field))) visit_all(name);
  }
  std::ranges::stable_sort(out, {}, &Candidate::name);
  return out;
}

std::vector<std::string> Candidates::providers_of(std::string_view name) const {
  const auto [first, last] = providers_.equal_range(name);
  std::set<std::string> out;
  for (auto at = first; at != last; ++at) out.emplace(at->second);
  return {out.begin(), out.end()};
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
