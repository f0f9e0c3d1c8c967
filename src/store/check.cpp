#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/walk_image.hpp>
#include <lapstrake/store/bases.hpp>
#include <lapstrake/store/store.hpp>
#include <set>

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
    const auto read = [&](const oci::Descriptor& blob) {
      require_there(blob);
      return store_.reader(name, blob).text(blob);
    };
    const auto leave = [&](const oci::WalkedBlob& blob) {
      if (blob.manifest)
        count_layers(blob);
      else if (!blob.index)
        require_there(blob.descriptor);
    };
    const auto failed = [&](const oci::Descriptor&, const Error& error) {
      report_.problems.push_back(cat("ref `", printable(name, 200), "`: ", error.line()));
    };
    oci::walk_image(name, root, read, {.leave = leave, .failed = failed, .allow_blob_as_root = true});
  }

 private:
  void require_there(const oci::Descriptor& blob) {
    const auto size = store_.size(blob.digest);
    if (size == blob.size || (!size && !blob.urls.empty())) return;  // foreign layers are never stored
    if (size)
      throw Error(ErrorKind::integrity,
                  cat("blob ", blob.digest.text(), " has ", *size, " bytes instead of ", blob.size));
    if (!oci::is_layer(blob.media_type) || !find_origin(store_, blob.digest))
      throw Error(ErrorKind::integrity, cat("blob ", blob.digest.text(), " is missing"));
    report_.in_registries += in_registries_.insert(blob.digest).second ? 1 : 0;
  }

  void count_layers(const oci::WalkedBlob& blob) const {
    const auto& config = blob.manifest->config;
    if (!oci::is_config(config.media_type) || !store_.has(config)) return;
    const auto diff_ids = oci::parse_config(blob.read(config), cat("the config ", config.digest.brief())).diff_ids;
    if (diff_ids.size() != blob.manifest->layers.size())
      throw Error(ErrorKind::integrity,
                  cat("manifest ", blob.descriptor.digest.text(), " has ",
                      count_of(blob.manifest->layers.size(), "layer"), " but its config lists ", diff_ids.size()));
  }

  const Store& store_;
  CheckReport& report_;
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
