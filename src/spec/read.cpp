#include <algorithm>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/read.hpp>

#include "fields.hpp"
#include "keys.hpp"
#include "merge.hpp"
#include "shape.hpp"
#include "task_file.hpp"
#include "to_project.hpp"
#include "variables.hpp"
#include "yaml.hpp"

namespace lapstrake::spec {
namespace {

constexpr std::size_t most_environments = 64;

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

std::string file_text(const std::filesystem::path& file) {
  std::string text = read_file(file, 16 * most_bytes);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);  // a byte order mark, as Windows editors write
  return text;
}

class Reader {
 public:
  Reader(const ReadOptions& options, const SourceText& source)
      : options_(options), findings_(source), files_(folder_of(options.file), options.allow_outside, findings_) {}

  ReadResult read() {
    ReadResult out;
    auto project = read_project();
    out.findings = findings_.sorted();
    if (!findings_.has_errors()) out.project = std::move(project);
    return out;
  }

 private:
  std::optional<Project> read_project() {
    const auto& source = findings_.spec();
    if (source.text().size() > most_bytes) {
      findings_.error({}, cat("the file is larger than ", human_size(most_bytes)), "",
                      "move long texts into files and add them with `copy:`");
      return std::nullopt;
    }
    const auto document = parse_yaml(source, findings_);
    if (!document || !is_mapping(*document)) return std::nullopt;
    return read_environments(*document);
  }

  bool is_mapping(const Node& document) {
    if (document.kind == Node::Kind::map) return true;
    const bool has_colon = document.kind == Node::Kind::text && document.text.find(':') != std::string::npos;
    findings_.error(document.where, cat("a spec must be a mapping of keys, not ", kind_name(document.kind)),
                    has_colon ? "write a space after the colon" : "start with `images:`");
    return false;
  }

  // The chosen environment makes the project; the others are read for their mistakes.
  Project read_environments(const Node& document) {
    const auto patches = members_of(document, "environments");
    if (patches.size() > most_environments) {
      findings_.error(document.member("environments")->where, cat("more than ", most_environments, " environments"),
                      "split the spec into one file for each group of environments");
      return {};
    }
    const Member* chosen = nullptr;
    for (const auto& patch : patches)
      if (options_.environment && patch.key == *options_.environment) chosen = &patch;
    if (options_.environment && chosen == nullptr) report_unknown_environment(patches);
    auto project = read_one(document, chosen, true);
    add_bases(project, project);
    if (chosen != nullptr) add_other(project, without_environment(document));
    for (const auto& patch : patches)
      if (&patch != chosen) add_other(project, read_one(document, &patch, false));
    return project;
  }

  // Its images alone. It may be wrong until an environment mends it.
  Project without_environment(Node document) const {
    Findings ignored(findings_.spec());
    Variables variables(document, options_, false, ignored);
    variables.fill(document);
    Project out;
    out.images = images(document, folder_of(options_.file), ignored);
    out.has_unknown_bases = has_unresolved_base(document);
    return out;
  }

  static bool has_unresolved_base(const Node& document) {
    const auto is_unresolved = [](const Node* node) { return node != nullptr && node->unresolved; };
    const auto from_unknown = [&](const Node& layer) {
      return std::ranges::any_of(items_of(layer, "from"),
                                 [&](const Node& step) { return is_unresolved(step.find("image")); });
    };
    return std::ranges::any_of(members_of(document, "images"), [&](const Member& image) {
      return is_unresolved(image.value.find("base")) ||
             std::ranges::any_of(items_of(image.value, "layers"), from_unknown);
    });
  }

  // What the lock needs of an environment that is not the chosen one.
  static void add_other(Project& to, const Project& other) {
    add_bases(to, other);
    to.has_other_packages = to.has_other_packages || packages_text(to.images) != packages_text(other.images);
  }

  static void add_bases(Project& to, const Project& from) {
    for (const auto& image : from.images)
      for (const auto& reference : references_of(image)) to.bases.push_back(reference);
    to.has_unknown_bases = to.has_unknown_bases || from.has_unknown_bases;
  }

  void report_unknown_environment(std::span<const Member> patches) {
    std::vector<std::string> names;
    for (const auto& patch : patches) names.push_back(patch.key);
    const auto near = nearest(*options_.environment, names);
    findings_.error({}, cat("unknown environment ", in_quotes(*options_.environment)), "",
                    near            ? cat("did you mean `-e ", *near, "`?")
                    : names.empty() ? "the spec has no `environments:`"
                                    : cat("known environments: ", printable(join(names, ", "), 400)));
  }

  // `patch`: nullptr for the document as it stands.
  Project read_one(const Node& document, const Member* patch, bool chosen) {
    Node merged_document = document;
    if (patch != nullptr && patch->value.kind == Node::Kind::map) {
      check_patch(*patch);
      merged_document = merged(document, patch->value, findings_);
    }
    Variables variables(merged_document, options_, chosen, findings_);
    variables.fill(merged_document);
    check_shape(merged_document, table_, {.allow_outside = options_.allow_outside}, findings_);
    Project out;
    out.file = options_.file;
    out.folder = folder_of(options_.file);
    out.environment = options_.environment.value_or("");
    out.images = images(merged_document, out.folder, findings_);
    out.has_unknown_bases = has_unresolved_base(merged_document);
    out.tasks = tasks(merged_document, files_, variables, findings_);
    out.registries = registries(merged_document, out.folder, findings_);
    out.sources = sources(merged_document, out.folder, findings_);
    out.services = services(merged_document, findings_);
    return out;
  }

  void check_patch(const Member& patch) {
    if (const auto* inner = patch.value.member("environments"))
      findings_.error(inner->where, "environments cannot be nested", "remove it");
  }

  const ReadOptions& options_;
  Findings findings_;
  TaskFiles files_;
  Table table_;
};

}  // namespace

ReadResult read(const ReadOptions& options) {
  if (options.file.empty())
    throw Error(ErrorKind::usage, "the name of the spec file is empty", "use `-f FILE`, or omit `-f`");
  const SourceText source(options.file.string(), file_text(options.file));
  return Reader(options, source).read();
}

}  // namespace lapstrake::spec
