// Upload sessions of blobs, with ECR's behaviour: bytes are written to a file as they arrive; an interrupted session
// cannot restart at byte 0 (ECR answers 416 "First byte of the layer part is 0 instead of N").
#pragma once
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <lapstrake/sandbox/registry/repositories.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace lapstrake::sandbox {

class Uploads {
 public:
  explicit Uploads(const Repositories& files) : files_(files) {}

  std::string begin(const std::string& repository);  // a new session's id

  enum class Kind { chunk, closing };
  struct Outcome {
    enum class Kind { stored, unknown, wrong_start } kind = Kind::stored;
    std::uint64_t size = 0;     // stored so far
    std::uint64_t claimed = 0;  // wrong_start: the first byte that the part claimed
  };
  // Stores a PATCH's or the closing PUT's body. `start`: Content-Range's first byte, if there was one. Throws
  // ConnectionClosed when the connection breaks; bytes received until then stay in the session.
  Outcome append(const std::string& id, const std::string& repository, Kind kind, std::optional<std::uint64_t> start,
                 const BodyReader& body);

  struct Finished {
    enum class Kind { done, unknown, part_too_small, wrong_digest } kind = Kind::done;
    std::uint64_t size = 0;
    std::string digest = {};  // of the received bytes
  };
  // Ends the session in any case; stores the blob if the digest matches.
  Finished finish(const std::string& id, const std::string& digest);

  std::optional<std::uint64_t> size(const std::string& id, const std::string& repository) const;
  bool cancel(const std::string& id, const std::string& repository);

 private:
  struct Session;
  std::shared_ptr<Session> find(const std::string& id, const std::string& repository) const;

  const Repositories& files_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Session>> sessions_;
};

}  // namespace lapstrake::sandbox
