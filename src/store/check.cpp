#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/seen_blobs.hpp>
#include <lapstrake/store/bases.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <set>

#include "closure.hpp"
#include "layout_files.hpp"
#include "refs.hpp"

namespace lapstrake::store {
namespace {

struct BlobCheck {
  std::uint64_t bytes = 0;
  bool is_blob = false;
  std::string problem = {};
};

BlobCheck check_blob(const std::filesystem::path& path, const std::stop_token& stop) {
  const std::string name = path.filename().string();
  const auto digest = oci::Digest::parse(cat("sha256:", name));
  if (!digest) return {.problem = cat("`", printable(path.string()), "` is not a blob")};
  const auto bytes = open_regular(path);
  if (!bytes) return {.problem = cat("blob ", digest->text(), ": it was deleted during the check")};
  BlobCheck out{.is_blob = true};
  Sha256 hash;
  out.bytes = drain(*bytes, [&](Bytes piece) {
    stop_point(stop);
    hash.write(piece);
  });
  if (const oci::Digest found(hash.finish()); found != *digest)
    out.problem = cat("blob ", digest->text(), ": its content has the digest ", found.text());
  return out;
}

std::vector<std::filesystem::path> blob_files(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> out;
  std::error_code failure;
  for (std::filesystem::directory_iterator each(root / "blobs/sha256", failure), end; !failure && each != end;
       each.increment(failure))
    out.push_back(each->path());
  if (failure)
    throw Error(ErrorKind::input,
                cat("cannot list `", (root / "blobs/sha256").string(), "`: ", reason(failure.value())));
  std::ranges::sort(out);
  return out;
}

void check_blobs(const Store& store, CheckReport& report, const std::stop_token& stop) {
  const auto files = blob_files(store.root());
  std::vector<BlobCheck> checked(files.size());
  parallel_for_each(
      files.size(), default_jobs(),
      [&](std::size_t i) {
        try {
          checked[i] = check_blob(files[i], stop);
        } catch (const Error& error) {
          checked[i].problem = error.line();
        }
      },
      stop);
  for (const auto& one : checked) {
    if (one.is_blob) ++report.blobs;
    report.bytes += one.bytes;
    if (!one.problem.empty()) report.problems.push_back(one.problem);
  }
}

class RefCheck {
 public:
  RefCheck(const Store& store, CheckReport& report) : store_(store), report_(report) {}

  void follow(const std::string& name, const oci::Descriptor& root) {
    name_ = name;
    seen_.emplace(name, limits::nested_indexes_of_store);
    follow(root, 0);
  }

 private:
  void report(const std::string& text) { report_.problems.push_back(cat("ref `", printable(name_, 200), "`: ", text)); }

  bool is_there(const oci::Descriptor& blob) {
    const auto size = store_.size(blob.digest);
    if (!size && !blob.urls.empty()) return false;  // foreign layers are never stored
    if (!size && oci::is_layer(blob.media_type) && find_origin(store_, blob.digest)) {
      report_.in_registries += in_registries_.insert(blob.digest).second ? 1 : 0;
      return false;
    }
    if (!size)
      report(cat("blob ", blob.digest.text(), " is missing"));
    else if (*size != blob.size)
      report(cat("blob ", blob.digest.text(), " has ", *size, " bytes instead of ", blob.size));
    return size == blob.size;
  }

  void follow(const oci::Descriptor& blob, std::uint64_t depth) {
    try {
      if (!seen_->add(blob.digest, depth) || !is_there(blob)) return;
      if (oci::is_index(blob.media_type) || oci::is_manifest(blob.media_type)) seen_->charge(blob);
      const auto text = store_.reader(name_, blob).text;
      for (const auto& child : children(blob, text)) follow(child, depth + 1);
      if (oci::is_manifest(blob.media_type)) count_layers(blob, text);
    } catch (const Error& error) {
      report(error.line());
    }
  }

  void count_layers(const oci::Descriptor& blob, const ReadText& text) {
    const auto manifest = oci::parse_manifest(text(blob), blob.media_type, cat("the manifest ", blob.digest.brief()));
    const auto& type = manifest.config.media_type;
    if ((type != oci::media_type::config && type != oci::media_type::docker_config) || !store_.has(manifest.config))
      return;
    const auto config = oci::parse_config(text(manifest.config), cat("the config ", manifest.config.digest.brief()));
    if (config.diff_ids.size() != manifest.layers.size())
      report(cat("manifest ", blob.digest.text(), " has ", count_of(manifest.layers.size(), "layer"),
                 " but its config lists ", config.diff_ids.size()));
  }

  const Store& store_;
  CheckReport& report_;
  std::string name_;
  std::optional<oci::SeenBlobs> seen_;
  std::set<oci::Digest> in_registries_;
};

// Runs `act`; an error becomes a problem in the report.
template <class Act>
void collecting_problems(CheckReport& report, Act&& act) {
  try {
    act();
  } catch (const Error& error) {
    report.problems.push_back(error.line());
  }
}

}  // namespace

CheckReport Store::check(const std::stop_token& stop) const {
  CheckReport report;
  collecting_problems(report, [&] {
    check_layout_text(read_file(root_ / "oci-layout", most_text_bytes), cat("`", (root_ / "oci-layout").string(), "`"));
  });
  check_blobs(*this, report, stop);
  collecting_problems(report, [&] {
    RefCheck check(*this, report);
    for (const auto& entry : read_index(root_).manifests) {
      stop_point(stop);
      const std::string name = ref_name(entry);
      check.follow(name.empty() ? entry.digest.text() : name, entry);
    }
  });
  return report;
}

}  // namespace lapstrake::store
