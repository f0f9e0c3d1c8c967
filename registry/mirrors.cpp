#include <algorithm>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/mirrors.hpp>

namespace lapstrake::registry {
namespace {

// An Error for which other mirrors must not be tried.
struct FinalError {
  Error error;
};

// Passes a blob on once, although several sources may each start from its first byte. The bytes of a source that failed
// must equal those of the next one.
class DeduplicatingSink {
 public:
  DeduplicatingSink(const oci::Descriptor& blob, const Sink& sink) : digest_(blob.digest), sink_(sink) {}

  static Sink from_start(const std::shared_ptr<DeduplicatingSink>& self) {
    return [self, seen = std::uint64_t{0}, hash = Sha256()](Bytes bytes) mutable {
      if (seen < self->passed_) {
        const auto known =
            bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), self->passed_ - seen)));
        hash.write(known);
        seen += known.size();
        bytes = bytes.subspan(known.size());
        if (seen == self->passed_) self->compare(hash);
      }
      if (bytes.empty()) return;
      self->pass(bytes);
      seen += bytes.size();
    };
  }
  bool sink_failed() const { return sink_failed_; }

 private:
  void compare(Sha256 other) const {
    auto mine = hash_;
    if (mine.finish() == other.finish()) return;
    throw Error(ErrorKind::integrity, cat("two mirrors have different content for the blob ", digest_.text()),
                "remove the wrong one from `mirrors:`");
  }
  void pass(Bytes bytes) {
    hash_.write(bytes);
    passed_ += bytes.size();
    try {
      sink_(bytes);
    } catch (...) {
      sink_failed_ = true;
      throw;
    }
  }
  oci::Digest digest_;
  Sink sink_;
  Sha256 hash_;
  std::uint64_t passed_ = 0;
  bool sink_failed_ = false;
};

}  // namespace

MirroredRepository::MirroredRepository(ClientOptions options, std::string host, std::string name, Mirrors mirrors)
    : Repository(options, std::move(host), std::move(name)),
      log_(std::move(options.log)),
      mirrors_(std::move(mirrors)) {}

bool MirroredRepository::is_unavailable(std::size_t i) const {
  const std::lock_guard lock(mutex_);
  return unavailable_.contains(i);
}

void MirroredRepository::log(const std::string& line) const {
  if (log_) log_(line);
}

void MirroredRepository::report(std::size_t i, const Error& error) const {
  if (error.is_transient() || error.kind() == ErrorKind::access) {
    const std::lock_guard lock(mutex_);
    unavailable_.insert(i);
  }
  log(cat("warning: skipping the mirror `", mirrors_.repositories[i]->name(), "` of `", name(), "`: ", error.line()));
}

template <class Act>
auto MirroredRepository::first(Act act) const -> decltype(act(std::declval<const Repository&>())) {
  std::optional<Error> last;
  bool asked = false;
  for (std::size_t i = 0; i < mirrors_.repositories.size(); ++i) {
    if (is_unavailable(i)) continue;
    asked = true;
    try {
      if (auto answer = act(*mirrors_.repositories[i])) return answer;
      log(cat("the mirror `", mirrors_.repositories[i]->name(), "` does not have the content"));
    } catch (const Error& error) {
      report(i, error);
      last = error;
    }
  }
  if (!mirrors_.only) return std::nullopt;
  if (!asked)
    throw Error(ErrorKind::network, cat("no mirror of `", name(), "` is available"),
                "run with `-v` to see the error of each mirror, or remove `mirrors_only` to use the registry itself");
  if (last) throw Error(*last).during(cat("reading `", name(), "` from its mirrors only"));
  return std::nullopt;
}

std::optional<oci::Descriptor> MirroredRepository::find_manifest(const std::string& tag_or_digest) const {
  const auto found = first([&](const Repository& mirror) {
    auto manifest = mirror.find_manifest(tag_or_digest);
    if (manifest && oci::is_tag(tag_or_digest))
      log(cat("the mirror `", mirror.name(), "` resolves `", name(), ":", tag_or_digest, "` to ",
              manifest->digest.text()));
    return manifest;
  });
  return found || mirrors_.only ? found : Repository::find_manifest(tag_or_digest);
}

Repository::Text MirroredRepository::get_manifest(const std::string& tag_or_digest) const {
  auto text = first([&](const Repository& mirror) { return std::optional(mirror.get_manifest(tag_or_digest)); });
  return text ? *std::move(text) : Repository::get_manifest(tag_or_digest);
}

std::string MirroredRepository::get_range(const oci::Descriptor& blob, std::uint64_t offset, std::uint64_t most) const {
  auto part = first([&](const Repository& mirror) { return std::optional(mirror.get_range(blob, offset, most)); });
  return part ? *std::move(part) : Repository::get_range(blob, offset, most);
}

void MirroredRepository::get_blob(const oci::Descriptor& blob, const Sink& sink) const {
  const auto output = std::make_shared<DeduplicatingSink>(blob, sink);
  const auto read = [&](const Repository& mirror) {
    try {
      mirror.get_blob(blob, DeduplicatingSink::from_start(output));
    } catch (const Error& error) {
      // Wrong bytes were passed on, or the sink failed: another mirror cannot help.
      if (output->sink_failed() || error.kind() == ErrorKind::integrity) throw FinalError{error};
      throw;
    }
    return std::optional(true);
  };
  try {
    if (first(read)) return;
  } catch (const FinalError& failure) {
    throw failure.error;
  }
  Repository::get_blob(blob, DeduplicatingSink::from_start(output));
}

}  // namespace lapstrake::registry
