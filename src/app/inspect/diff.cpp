#include <algorithm>
#include <lapstrake/app/inspect/diff.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/merged_tree.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include <lapstrake/app/images/manifests.hpp>
#include <lapstrake/app/images/source_image.hpp>

namespace lapstrake::app {
namespace {

using Json = nlohmann::json;
using Members = std::map<std::string, std::string>;

std::string text_of(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Environment and labels by their names, so that one that changed is one line.
void add_config(Members& out, const Json& config) {
  for (const auto& [name, value] : config.items()) {
    if (name == "Env" && value.is_array()) {
      for (const auto& line : value) {
        const auto text = line.is_string() ? line.get<std::string>() : text_of(line);
        const auto equals = text.find('=');
        out[cat("config.Env ", text.substr(0, equals))] =
            text_of(equals == std::string::npos ? "" : text.substr(equals + 1));
      }
    } else if (name == "Labels" && value.is_object()) {
      for (const auto& [label, text] : value.items()) out[cat("config.Labels ", label)] = text_of(text);
    } else if (!value.is_null()) {
      out[cat("config.", name)] = text_of(value);
    }
  }
}

Members members_of(const oci::LoadedImage& image) {
  Members out;
  const auto config = parse_json(image.config_text, "the config");
  for (const auto& [name, value] : config.items()) {
    if (name == "rootfs" || name == "history") continue;  // the layers tell
    if (name == "config" && value.is_object())
      add_config(out, value);
    else
      out[name] = text_of(value);
  }
  for (const auto& [name, value] : image.manifest.annotations) out[cat("annotation ", name)] = text_of(value);
  return out;
}

// Calls `each(name, before, after)` for every name of either, in order; pointers are null where it is absent.
template <class Map, class Each>
void side_by_side(const Map& before, const Map& after, Each each) {
  auto b = before.begin(), a = after.begin();
  while (b != before.end() || a != after.end()) {
    const bool has_before = b != before.end() && (a == after.end() || b->first <= a->first);
    const bool has_after = a != after.end() && (b == before.end() || a->first <= b->first);
    each(has_before ? b->first : a->first, has_before ? &b->second : nullptr, has_after ? &a->second : nullptr);
    if (has_before) ++b;
    if (has_after) ++a;
  }
}

std::vector<MemberChange> compare_members(const Members& before, const Members& after) {
  std::vector<MemberChange> out;
  side_by_side(before, after, [&](const std::string& name, const std::string* was, const std::string* is) {
    if (was != nullptr && is != nullptr && *was == *is) return;
    out.push_back({.name = name,
                   .before = was == nullptr ? std::nullopt : std::optional(*was),
                   .after = is == nullptr ? std::nullopt : std::optional(*is)});
  });
  return out;
}

// What the tree of an image knows of a file.
struct DiffFile : FileFacts {
  bool is_folder() const { return type == 'd'; }
  bool is_symlink() const { return type == 'l'; }
  static DiffFile folder() { return {{.type = 'd', .mode = 0755}}; }
  // The change that a report may hold.
  static std::uint64_t more_bytes(std::uint64_t names) { return sizeof(FileChange) + names; }
  static constexpr ErrorKind loop_kind = ErrorKind::integrity;
};
using DiffTree = layers::MergedTree<DiffFile>;

char type_in_tree(const layers::TarEntry& entry) {
  switch (entry.kind) {
    case layers::Kind::directory: return 'd';
    case layers::Kind::symlink: return 'l';
    case layers::Kind::hardlink:
    case layers::Kind::file: break;
  }
  return entry.special ? 's' : '-';
}

oci::Digest hash_of(const oci::Xattrs& xattrs) {
  Sha256 hash;
  for (const auto& [name, value] : xattrs) hash.write(as_bytes(cat(name.size(), ":", name, value.size(), ":", value)));
  return oci::Digest(hash.finish());
}

DiffFile facts_of(const layers::TarEntry& entry, const Source& data) {
  DiffFile facts{{.type = type_in_tree(entry), .mode = entry.mode, .uid = entry.uid, .gid = entry.gid}};
  if (facts.type == 'l') facts.target = *entry.target;
  if (!entry.xattrs->empty()) facts.xattrs = hash_of(*entry.xattrs);
  if (facts.type != '-') return facts;
  Sha256 hash;
  facts.size = drain(data, [&](Bytes bytes) { hash.write(bytes); });
  facts.content = oci::Digest(hash.finish());
  return facts;
}

std::vector<std::string> differences(const FileFacts& before, const FileFacts& after) {
  std::vector<std::string> what;
  if (before.type != after.type) what.emplace_back("type");
  if (before.type == after.type && before.content != after.content) what.emplace_back("content");
  if (before.target != after.target) what.emplace_back("target");
  if (before.mode != after.mode) what.emplace_back("mode");
  if (before.uid != after.uid || before.gid != after.gid) what.emplace_back("owner");
  if (before.xattrs != after.xattrs) what.emplace_back("xattrs");
  return what;
}

std::vector<FileChange> compare_files(const DiffTree& before, const DiffTree& after) {
  std::vector<FileChange> out;
  side_by_side(before.nodes(), after.nodes(),
               [&](const std::string& path, const DiffTree::Node* was, const DiffTree::Node* is) {
                 FileChange change{.path = path, .before = {}, .after = {}};
                 if (was != nullptr) change.before = *was;
                 if (is != nullptr) change.after = *is;
                 if (was != nullptr && is != nullptr) {
                   change.what = differences(*was, *is);
                   if (change.what.empty()) return;
                 }
                 out.push_back(std::move(change));
               });
  return out;
}

std::vector<LayerLine> layers_of(const oci::LoadedImage& image) {
  std::vector<std::string> made_by;
  for (const auto& entry : image.config.history)
    if (!entry.empty_layer) made_by.push_back(entry.created_by);
  std::vector<LayerLine> out;
  for (std::size_t i = 0; i < image.manifest.layers.size(); ++i)
    out.push_back({image.manifest.layers[i], i < made_by.size() ? made_by[i] : std::string()});
  return out;
}

// Those of `some` that `others` lacks.
std::vector<LayerLine> missing_in(const std::vector<LayerLine>& others, const std::vector<LayerLine>& some) {
  std::vector<LayerLine> out;
  for (const auto& one : some)
    if (std::none_of(others.begin(), others.end(),
                     [&](const LayerLine& other) { return other.descriptor.digest == one.descriptor.digest; }))
      out.push_back(one);
  return out;
}

class Comparing {
 public:
  Comparing(const Context& context, const SourceImage& before, const SourceImage& after)
      : context_(context), before_(before), after_(after) {}

  PlatformDiff platform(const oci::Platform& before, const oci::Platform& after) const {
    const auto was = oci::load(before_.reader, before);
    const auto is = oci::load(after_.reader, after);
    PlatformDiff out{.platform = before == after ? before.text() : cat(before.text(), " -> ", after.text())};
    if (was.manifest_descriptor.digest == is.manifest_descriptor.digest) return out;
    out.members = compare_members(members_of(was), members_of(is));
    out.layers_removed = missing_in(layers_of(is), layers_of(was));
    out.layers_added = missing_in(layers_of(was), layers_of(is));
    if (was.config.diff_ids != is.config.diff_ids) compare_trees(was, is, out);
    return out;
  }

 private:
  void compare_trees(const oci::LoadedImage& was, const oci::LoadedImage& is, PlatformDiff& out) const {
    const auto& a = was.config.diff_ids;
    const auto& b = is.config.diff_ids;
    const auto shared =
        static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    DiffTree before;
    for (std::size_t i = 0; i < shared; ++i) add(before, before_, was, i);
    DiffTree after = before;
    for (std::size_t i = shared; i < a.size(); ++i) add(before, before_, was, i);
    for (std::size_t i = shared; i < b.size(); ++i) add(after, after_, is, i);
    out.files = compare_files(before, after);
  }
  void add(DiffTree& tree, const SourceImage& source, const oci::LoadedImage& image, std::size_t i) const {
    const auto& layer = image.manifest.layers[i];
    tree.add_layer(
        source.reader.open(layer), cat("layer ", layer.digest.text(), " of `", source.reader.name, "`"),
        [](const layers::TarEntry& entry, const std::string&, const Source& data) { return facts_of(entry, data); },
        context_.runtime.stop);
  }

  const Context& context_;
  const SourceImage& before_;
  const SourceImage& after_;
};

using Platforms = std::vector<oci::Platform>;

const oci::Platform* find(const Platforms& all, const oci::Platform& wanted) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.matches(wanted); });
  return found == all.end() ? nullptr : &*found;
}

void compare_all(const Comparing& comparing, const Platforms& before, const Platforms& after, ImageDiff& out) {
  if (before.size() == 1 && after.size() == 1) {
    out.platforms.push_back(comparing.platform(before[0], after[0]));
    return;
  }
  for (const auto& platform : before) {
    if (const auto* other = find(after, platform))
      out.platforms.push_back(comparing.platform(platform, *other));
    else
      out.platforms_removed.push_back(platform.text());
  }
  for (const auto& platform : after)
    if (find(before, platform) == nullptr) out.platforms_added.push_back(platform.text());
}

}  // namespace

ImageDiff diff(const Context& context, const spec::Project* project, const std::string& before,
               const std::string& after) {
  return step(cat("comparing `", before, "` with `", after, "`"), [&] {
    const auto was = open_image(context, project, before);
    const auto is = open_image(context, project, after);
    ImageDiff out{.before_name = before,
                  .after_name = after,
                  .before = selected_root(context, was.reader),
                  .after = selected_root(context, is.reader)};
    if (out.same()) return out;
    const auto platforms = [&](const SourceImage& source, const oci::Descriptor& root) {
      return context.images.platforms.empty() ? platforms_of(source.reader, root) : context.images.platforms;
    };
    compare_all(Comparing(context, was, is), platforms(was, out.before), platforms(is, out.after), out);
    return out;
  });
}

}  // namespace lapstrake::app
