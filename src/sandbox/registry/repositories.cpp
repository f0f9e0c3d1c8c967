#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/glob.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>
#include <lapstrake/sandbox/registry/repositories.hpp>

#include <algorithm>

namespace lapstrake::sandbox {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Letters and digits, joined by ".", "_", "__" or any number of "-".
bool is_component(std::string_view text) {
  if (text.empty() || !is_letter(text.front()) || !is_letter(text.back())) return false;
  for (std::size_t at = 0; at < text.size();) {
    if (is_letter(text[at])) {
      ++at;
      continue;
    }
    const std::size_t end = text.find_first_not_of(text[at], at);
    const std::size_t run = end - at;
    if (!(text[at] == '-' || (text[at] == '.' && run == 1) || (text[at] == '_' && run <= 2)) || !is_letter(text[end]))
      return false;
    at = end;
  }
  return true;
}

}  // namespace

Repositories::Repositories(std::filesystem::path folder, bool immutable_tags)
    : folder_(std::move(folder)), immutable_tags_(immutable_tags) {
  make_folder(folder_ / "blobs", 0700);
  make_folder(folder_ / "uploads", 0700);
}

bool RepositorySettings::is_immutable(std::string_view tag) const {
  const bool excluded = std::any_of(exclusions.begin(), exclusions.end(),
                                    [&](const std::string& pattern) { return matches(pattern, tag); });
  return tag_mutability.starts_with("IMMUTABLE") != excluded;
}

Repository& Repositories::create(Account& account, const std::string& name, Time now,
                                 std::optional<RepositorySettings> settings) const {
  const auto [entry, is_new] = account.repositories.try_emplace(name);
  Repository& repository = entry->second;
  if (is_new) {
    repository.name = name;
    repository.account = account.id;
    repository.region = account.region;
    repository.settings =
        settings.value_or(RepositorySettings{.tag_mutability = immutable_tags_ ? "IMMUTABLE" : "MUTABLE"});
    repository.created = now;
  }
  return repository;
}

Repository* Repositories::for_push(Account& account, const std::string& name, Time now, bool create_any) const {
  if (const auto found = account.repositories.find(name); found != account.repositories.end()) return &found->second;
  const std::pair<const std::string, RepositorySettings>* best = nullptr;
  for (const auto& each : account.templates) {
    const bool is_root = each.first == "ROOT";
    const std::string prefix = each.first.ends_with('/') ? each.first : each.first + "/";
    if (!is_root && !name.starts_with(prefix)) continue;
    if (best == nullptr || best->first == "ROOT" || (!is_root && each.first.size() > best->first.size())) best = &each;
  }
  if (best != nullptr) return &create(account, name, now, best->second);
  return create_any ? &create(account, name, now) : nullptr;
}

std::filesystem::path Repositories::blob_file(const std::string& digest) const {
  return folder_ / "blobs" / digest.substr(digest.find(':') + 1);
}

std::filesystem::path Repositories::upload_file(const std::string& id) const { return folder_ / "uploads" / id; }

bool is_repository_name(std::string_view name) {
  if (name.size() < 2 || name.size() > 256) return false;
  for (const auto& part : split(name, '/'))
    if (!is_component(part)) return false;
  return true;
}

std::string uri_of(const Repository& repository) {
  if (repository.account == public_account) return cat("public.ecr.aws/", repository.name);
  return cat(registry_host(repository.account, repository.region), "/", repository.name);
}

std::string arn_of(const Repository& repository) {
  return cat("arn:aws:ecr:", repository.region, ":", repository.account, ":repository/", repository.name);
}

std::string no_such_repository(const std::string& name, const std::string& account) {
  return cat("The repository with name '", name, "' does not exist in the registry with id '", account, "'");
}

}  // namespace lapstrake::sandbox
