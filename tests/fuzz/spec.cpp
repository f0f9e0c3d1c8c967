// The text of a lapstrake.yaml, in an empty folder: always read to its end, with a project or with mistakes that can be
// shown; and a project keeps to its folder and to the forms of the images' rules.
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/spec/read.hpp>

#include "../support/temp_dir.hpp"
#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::spec;

namespace {

void hold_form(const Finding& finding, const std::vector<std::string>& lines) {
  hold(!finding.message.empty() && is_for_terminals(report(finding)), "a mistake can be told to a person");
  hold(finding.where.line <= lines.size(), "a mistake is in a line of the file");
  hold(finding.line.find('\n') == std::string::npos, "a mistake shows one line");
}

void hold_inside(std::string_view from) {
  hold(!from.empty() && !from.starts_with('/'), "a source lies in the spec's folder");
  for (const auto& part : split(from, '/')) hold(part != "..", "a source does not leave the spec's folder");
}

void hold_form(const Image& image) {
  hold(!image.name.empty() && !image.platforms.empty(), "an image has a name and a platform");
  if (image.base) hold(oci::parse_reference(oci::text(*image.base)) == *image.base, "a base is a reference");
  for (const auto& tag : image.tags) hold(oci::is_tag(tag), "a tag keeps to its grammar");
  if (!image.repository.empty()) {
    const auto name = oci::parse_registry_reference(image.repository);
    hold(name.tag.empty() && !name.digest, "a repository has no tag");
  }
  for (const auto& layer : image.layers) {
    for (const auto& copy : layer.copies) hold_inside(copy.from);
    for (const auto& archive : layer.archives) hold_inside(archive.from);
  }
}

Environment environment() {
  return
      [](std::string_view name) { return name == "HOME" ? std::optional<std::string>("/home/sailor") : std::nullopt; };
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TempDir folder;
  const auto input = text_of(data, size);
  ReadOptions options;
  options.file = folder.write("lapstrake.yaml", input);
  options.environment_variables = environment();
  options.git_commit = [] { return std::optional<std::string>("c0ffee"); };
  const auto result = read(options);
  const auto lines = split(input, '\n');
  bool has_error = false;
  for (const auto& finding : result.findings) {
    hold_form(finding, lines);
    has_error = has_error || finding.severity == Finding::Severity::error;
  }
  hold(result.project.has_value() != has_error, "there is a project, or a mistake");
  if (result.project)
    for (const auto& image : result.project->images) hold_form(image);
  return 0;
}
