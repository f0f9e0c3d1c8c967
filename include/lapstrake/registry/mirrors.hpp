// A repository that is read from its mirrors first.
#pragma once
#include <lapstrake/registry/client.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lapstrake::registry {

struct Mirrors {
  std::vector<std::shared_ptr<const Repository>> repositories;  // in the order in which they are read
  bool only = false;                                            // do not read from the repository itself
};

// Manifests and blobs, and nothing else, are read from the mirrors first. A mirror that fails or lacks the content is
// skipped, with a line to `log`; one that is unreachable or rejects the login is not used again. With `Mirrors::only`,
// Error when no mirror works. Safe to use from several threads.
class MirroredRepository : public Repository {
 public:
  MirroredRepository(ClientOptions options, std::string host, std::string name, Mirrors mirrors);

  std::optional<oci::Descriptor> find_manifest(const std::string& tag_or_digest) const override;
  Text get_manifest(const std::string& tag_or_digest) const override;
  void get_blob(const oci::Descriptor& blob, const Sink& sink) const override;
  std::string get_range(const oci::Descriptor& blob, std::uint64_t offset, std::uint64_t most) const override;

 private:
  // The first result of a mirror; nothing when the repository itself must be read.
  template <class Act>
  auto first(Act act) const -> decltype(act(std::declval<const Repository&>()));
  void log(const std::string& line) const;
  void report(std::size_t i, const Error& error) const;
  bool is_unavailable(std::size_t i) const;

  std::function<void(const std::string&)> log_;
  Mirrors mirrors_;
  mutable std::mutex mutex_;
  mutable std::set<std::size_t> unavailable_;
};

}  // namespace lapstrake::registry
