// Repositories that have what another one has, and are read in its place.
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

// Safe to use from several threads. A mirror that does not answer, or not to this login, is not asked again.
class Mirrors {
 public:
  // `name`: whose they are, for what is told.
  Mirrors(const ClientOptions& options, std::string name) : options_(options), name_(std::move(name)) {}

  bool any() const { return !options_.mirrors.empty(); }
  bool only() const { return options_.mirrors_only; }

  // The first answer; nothing when the repository itself is to be asked. Error when it is not to be, and none answers.
  std::optional<oci::Descriptor> find_manifest(const std::string& tag_or_digest) const;
  std::optional<Repository::Text> get_manifest(const std::string& tag_or_digest) const;
  std::optional<std::string> get_range(const oci::Descriptor& blob, std::uint64_t offset, std::uint64_t most) const;
  // Nothing when the blob is in the sink. Else where the whole blob is to go: what is in the sink already is compared
  // and not passed on again.
  std::optional<Sink> get_blob(const oci::Descriptor& blob, const Sink& sink) const;

 private:
  template <class Act>
  auto first(Act act) const -> decltype(act(std::declval<const Repository&>()));
  void tell(std::size_t i, const Error& error) const;
  bool is_silent(std::size_t i) const;

  const ClientOptions& options_;
  std::string name_;
  mutable std::mutex mutex_;
  mutable std::set<std::size_t> silent_;
};

}  // namespace lapstrake::registry
