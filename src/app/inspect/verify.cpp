#include <lapstrake/app/inspect/verify.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/unpacked.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/walk_image.hpp>
#include <map>
#include <set>

#include <lapstrake/app/images/source_image.hpp>

namespace lapstrake::app {
namespace {

oci::Codec codec_of(std::string_view type) {
  if (type.ends_with("gzip")) return oci::Codec::gzip;
  return type.ends_with("zstd") ? oci::Codec::zstd : oci::Codec::none;
}

// Old configs lack the variant that their index gives.
bool fits(const oci::Platform& stated, const oci::Platform& config) {
  if (config.variant.empty() || stated.variant.empty())
    return stated.os == config.os && stated.architecture == config.architecture;
  return stated.matches(config);
}

// A blob that is to be read, and what it is to be.
struct Wanted {
  oci::Descriptor blob;
  std::string what;                         // "layer sha256:... of linux/amd64"
  std::optional<oci::Digest> diff_id = {};  // of a layer
  std::optional<oci::Codec> codec = {};     // to unpack it by
  auto key() const { return std::pair(blob.digest, codec); }
};

struct Found {
  std::optional<std::string> problem = {};
  std::optional<oci::Digest> diff_id = {};
};

class Verifying {
 public:
  Verifying(const Context& context, const SourceImage& source, const VerifySettings& settings, const std::string& name)
      : context_(context),
        source_(source),
        settings_(settings),
        out_({.reference = name, .root = selected_root(context, source.reader), .problems = {}}) {}

  Verification run() {
    walk();
    read_blobs();
    for (const auto& wanted : wanted_) compare(wanted);
    return std::move(out_);
  }

 private:
  // Runs `act`; what is wrong with the image is noted, and the rest of it looked at all the same.
  template <class Act>
  void record_problem(const std::string& what, Act act) {
    if (const auto problem = problem_of(act)) out_.problems.push_back(cat(what, ": ", *problem));
  }
  template <class Act>
  std::optional<std::string> problem_of(Act act) const {
    try {
      act();
      return std::nullopt;
    } catch (const Error& error) {
      return problem_in(error);
    }
  }
  // Throws the error again unless it is a problem of the image. Called where the error is caught.
  std::string problem_in(const Error& error) const {
    // On disk what is missing is an input; a registry was asked before.
    const bool is_missing = error.kind() == ErrorKind::input && !source_.remote;
    if (error.kind() != ErrorKind::integrity && !is_missing) throw;
    return error.line();
  }

  void walk() {
    oci::walk_image(
        "", out_.root, [&](const oci::Descriptor& blob) { return text_of(blob); },
        {.leave =
             [&](oci::WalkedBlob& blob) {
               if (blob.manifest) check(blob);
               count(blob.descriptor);
             },
         .follow = [&](const oci::Descriptor& child, const oci::WalkedBlob& parent) { return follow(child, parent); },
         .failed = [&](const oci::Descriptor& blob,
                       const Error& error) { out_.problems.push_back(cat(name_of(blob), ": ", problem_in(error))); }});
  }

  static std::string name_of(const oci::Descriptor& manifest) {
    return cat(oci::is_index(manifest.media_type) ? "index " : "manifest ", manifest.digest.text(),
               manifest.platform ? cat(" of ", printable(manifest.platform->text(), 80)) : std::string());
  }

  std::string text_of(const oci::Descriptor& blob) {
    if (oci::is_manifest(blob.media_type) || oci::is_index(blob.media_type)) {
      if (source_.repository && !source_.repository->find_manifest(blob.digest.text()))
        throw Error(ErrorKind::integrity, "missing");
    } else {
      require_there(blob);
    }
    return source_.reader.text(blob);
  }

  bool follow(const oci::Descriptor& child, const oci::WalkedBlob& parent) {
    if (!parent.index) return false;  // check() looks at the parts of a manifest
    if (oci::is_manifest(child.media_type) || oci::is_index(child.media_type)) return true;
    want({.blob = child, .what = cat("blob ", child.digest.text())});
    return false;
  }

  void check(const oci::WalkedBlob& blob) {
    const auto& descriptor = blob.descriptor;
    const auto& manifest = *blob.manifest;
    if (oci::is_attestation(descriptor) || !oci::is_config(manifest.config.media_type)) {
      want({.blob = manifest.config, .what = cat("config ", manifest.config.digest.text())});
      for (const auto& layer : manifest.layers) want({.blob = layer, .what = cat("blob ", layer.digest.text())});
      return;
    }
    ++out_.images;
    std::vector<oci::Digest> diff_ids;
    std::string of;
    record_problem(cat("config ", manifest.config.digest.text(), " of ", name_of(descriptor)), [&] {
      const auto config = oci::parse_config(blob.read(manifest.config), "it");
      count(manifest.config);
      of = cat(" of ", printable(config.platform.text(), 80));
      diff_ids = config.diff_ids;
      if (descriptor.platform && !fits(*descriptor.platform, config.platform))
        throw Error(ErrorKind::integrity, cat("its platform is ", printable(config.platform.text(), 80),
                                              ", but the index says ", printable(descriptor.platform->text(), 80)));
      if (diff_ids.size() != manifest.layers.size())
        throw Error(ErrorKind::integrity, cat("it has ", count_of(diff_ids.size(), "diff_id"),
                                              ", but the manifest has ", count_of(manifest.layers.size(), "layer")));
    });
    for (std::size_t i = 0; i < manifest.layers.size(); ++i)
      want_layer(manifest.layers[i], i < diff_ids.size() ? std::optional(diff_ids[i]) : std::nullopt, of);
  }

  void want_layer(const oci::Descriptor& layer, const std::optional<oci::Digest>& diff_id, const std::string& of) {
    Wanted wanted{.blob = layer, .what = cat("layer ", layer.digest.text(), of), .diff_id = diff_id};
    if (oci::is_layer(layer.media_type))
      wanted.codec = codec_of(layer.media_type);
    else if (layer.urls.empty())
      out_.problems.push_back(cat(wanted.what, ": `", printable(layer.media_type, 120), "` is not a layer media type"));
    want(std::move(wanted));
  }

  void want(Wanted wanted) {
    if (wanted.blob.urls.empty()) {
      wanted_.push_back(std::move(wanted));
      return;
    }
    context_.report.progress(
        {.kind = Event::Kind::warning,
         .text = cat("skipped foreign ", wanted.what, ", stored at ", printable(wanted.blob.urls.front(), 200))});
  }

  void require_there(const oci::Descriptor& blob) const {
    if (source_.repository && !source_.repository->has_blob(blob.digest, blob.size))
      throw Error(ErrorKind::integrity, cat("missing, or not ", blob.size, " bytes long"));
  }

  // Each blob once, whatever it is part of.
  void read_blobs() {
    std::vector<const Wanted*> unique;
    for (const auto& wanted : wanted_)
      if (found_.emplace(wanted.key(), Found{}).second) unique.push_back(&wanted);
    parallel_for_each(
        unique.size(), context_.jobs, [&](std::size_t i) { found_.at(unique[i]->key()) = read(*unique[i]); },
        context_.runtime.stop);
  }

  // A digest that is wrong is told before what comes of it; so all is read although it cannot be unpacked.
  Found read(const Wanted& wanted) const {
    Found found;
    std::optional<Error> broken;
    layers::Unpacked unpacked(wanted.codec.value_or(oci::Codec::none), settings_.most_unpacked, "it",
                              layers::Streams::any);
    const auto unpack = [&](auto act) {
      if (broken) return;
      try {
        act();
      } catch (const Error& error) {
        broken = error;
      }
    };
    found.problem = problem_of([&] {
      require_there(wanted.blob);
      read_blob(context_, source_, wanted.blob, [&](Bytes bytes) { unpack([&] { unpacked.write(bytes); }); });
      unpack([&] { found.diff_id = unpacked.finish(); });
      if (broken && wanted.codec) throw *broken;
    });
    return found;
  }

  void compare(const Wanted& wanted) {
    const auto& found = found_.at(wanted.key());
    if (found.problem) {
      out_.problems.push_back(cat(wanted.what, ": ", *found.problem));
      return;
    }
    count(wanted.blob);
    if (wanted.codec && wanted.diff_id && found.diff_id != wanted.diff_id)
      out_.problems.push_back(cat(wanted.what, ": its diff_id is ", found.diff_id->text(), ", but the config says ",
                                  wanted.diff_id->text()));
  }

  void count(const oci::Descriptor& blob) {
    if (!counted_.insert(blob.digest).second) return;
    ++out_.blobs;
    out_.bytes += blob.size;
  }

  const Context& context_;
  const SourceImage& source_;
  const VerifySettings& settings_;
  std::set<oci::Digest> counted_;
  std::vector<Wanted> wanted_;
  std::map<std::pair<oci::Digest, std::optional<oci::Codec>>, Found> found_;
  Verification out_;
};

}  // namespace

Verification verify(const Context& context, const spec::Project* project, const std::string& name,
                    const VerifySettings& settings) {
  return step(cat("verifying `", name, "`"), [&] {
    const auto source = open_image(context, project, name);
    return Verifying(context, source, settings, name).run();
  });
}

}  // namespace lapstrake::app
