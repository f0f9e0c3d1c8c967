#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/registry/uploads.hpp>

namespace lapstrake::sandbox {
namespace {

constexpr std::uint64_t least_part = 5u << 20;  // ECR: all parts but the last

}  // namespace

struct Uploads::Session {
  std::string repository;
  std::filesystem::path path;
  FileDescriptor file;
  Sha256 hash;
  std::uint64_t size = 0, last_part = 0;
  bool busy = false;         // a request is writing; under Uploads::mutex_
  bool interrupted = false;  // a request broke off before its end
  bool small_part = false;   // a part that was too small turned out not to be the last
};

std::string Uploads::begin(const std::string& repository) {
  const std::string id = uuid();
  auto session = std::make_shared<Session>();
  session->repository = repository;
  session->path = files_.upload_file(id);
  session->file = FileDescriptor(::open(session->path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!session->file) throw Error(ErrorKind::input, cat("cannot make `", session->path.string(), "`: ", reason(errno)));
  const std::lock_guard lock(mutex_);
  sessions_[id] = std::move(session);
  return id;
}

std::shared_ptr<Uploads::Session> Uploads::find(const std::string& id, const std::string& repository) const {
  const auto found = sessions_.find(id);
  return found == sessions_.end() || found->second->repository != repository ? nullptr : found->second;
}

Uploads::Outcome Uploads::append(const std::string& id, const std::string& repository, Kind kind,
                                 std::optional<std::uint64_t> start, const BodyReader& body) {
  std::shared_ptr<Session> session;
  {
    const std::lock_guard lock(mutex_);
    session = find(id, repository);
    if (!session) return {.kind = Outcome::Kind::unknown};
    // Without a range, a PATCH means the whole blob; so does a PUT, but for the one that brings the last chunk.
    const bool continues = kind == Kind::closing && !session->interrupted;
    const std::uint64_t claimed = start.value_or(continues ? session->size : 0);
    if (session->busy || claimed != session->size)
      return {.kind = Outcome::Kind::wrong_start, .size = session->size, .claimed = claimed};
    session->busy = session->interrupted = true;
  }
  std::uint64_t part = 0;
  const auto record = [&](bool whole) {
    const std::lock_guard lock(mutex_);
    session->busy = false;
    session->interrupted = !whole;
    if (part > 0) {
      session->small_part = session->small_part || (session->last_part > 0 && session->last_part < least_part);
      session->last_part = part;
    }
  };
  try {
    body([&](Bytes bytes) {
      write_fully(session->file.get(), bytes, session->path);
      session->hash.write(bytes);
      part += bytes.size();
      const std::lock_guard lock(mutex_);
      session->size += bytes.size();
    });
  } catch (...) {
    record(false);
    throw;
  }
  record(true);
  const std::lock_guard lock(mutex_);
  return {.kind = Outcome::Kind::stored, .size = session->size};
}

Uploads::Finished Uploads::finish(const std::string& id, const std::string& digest) {
  std::shared_ptr<Session> session;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end() || found->second->busy) return {.kind = Finished::Kind::unknown};
    session = std::move(found->second);
    sessions_.erase(found);
  }
  Finished finished{.size = session->size, .digest = "sha256:" + hex(session->hash.finish())};
  if (session->small_part) finished.kind = Finished::Kind::part_too_small;
  if (finished.digest != digest) finished.kind = Finished::Kind::wrong_digest;
  const bool keep = finished.kind == Finished::Kind::done;
  // Two uploads of one blob bring the same bytes: the later rename changes nothing.
  const int result =
      keep ? ::rename(session->path.c_str(), files_.blob_file(digest).c_str()) : ::unlink(session->path.c_str());
  if (result != 0) throw Error(ErrorKind::input, cat("cannot move `", session->path.string(), "`: ", reason(errno)));
  return finished;
}

std::optional<std::uint64_t> Uploads::size(const std::string& id, const std::string& repository) const {
  const std::lock_guard lock(mutex_);
  const auto session = find(id, repository);
  return session ? std::optional(session->size) : std::nullopt;
}

bool Uploads::cancel(const std::string& id, const std::string& repository) {
  const std::lock_guard lock(mutex_);
  const auto session = find(id, repository);
  if (!session || session->busy) return false;
  ::unlink(session->path.c_str());  // what stays behind stays in the sandbox's own folder
  sessions_.erase(id);
  return true;
}

}  // namespace lapstrake::sandbox
