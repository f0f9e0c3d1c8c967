// Mirrors of a repository, which are read before the repository itself.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/registry/client.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace lapstrake::registry {

// Safe to use from several threads. A mirror that is unreachable or rejects the login is not used again.
class Mirrors {
 public:
  // `name`: the mirrored repository, for messages.
  Mirrors(const ClientOptions& options, std::string name) : options_(options), name_(std::move(name)) {}

  bool any() const { return !options_.mirrors.empty(); }
  bool only() const { return options_.mirrors_only; }

  // The first result of a mirror; nothing when the repository itself must be read. Error with mirrors_only, when no
  // mirror works.
  std::optional<oci::Descriptor> find_manifest(const std::string& tag_or_digest) const;
  std::optional<Repository::Text> get_manifest(const std::string& tag_or_digest) const;
  std::optional<std::string> get_range(const oci::Descriptor& blob, std::uint64_t offset, std::uint64_t most) const;
  // Nothing when the whole blob was written to the sink. Otherwise a sink for the whole blob, which compares the part
  // that `sink` already has and passes on only the rest.
  std::optional<Sink> get_blob(const oci::Descriptor& blob, const Sink& sink) const;

 private:
  template <class Act>
  auto first(Act act) const -> decltype(act(std::declval<const Repository&>()));
  void report(std::size_t i, const Error& error) const;
  bool is_unavailable(std::size_t i) const;

  const ClientOptions& options_;
  std::string name_;
  mutable std::mutex mutex_;
  mutable std::set<std::size_t> unavailable_;
};

}  // namespace lapstrake::registry
