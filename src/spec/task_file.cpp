#include "task_file.hpp"

#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "formats.hpp"
#include "json_positions.hpp"
#include "yaml.hpp"
#include "yaml_json.hpp"

namespace lapstrake::spec {
namespace {

bool is_yaml(const std::filesystem::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

std::string without_byte_order_mark(std::string text) {
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  return text;
}

bool is_json(const std::string& text) { return nlohmann::json::accept(text, true); }

// What people have in a file instead of a task definition.
std::string help_for(const nlohmann::json& document) {
  const bool is_containers =
      document.is_array() && !document.empty() && document[0].is_object() &&
      (document[0].contains("image") || document[0].contains("name") || document[0].contains("Image"));
  if (is_containers)
    return "it is a list of containers: wrap it in `{ \"containerDefinitions\": [...] }`, or move it under "
           "`containerDefinitions:` of the task";
  return {};
}

// CloudFormation writes the members of ECS with a capital letter.
bool is_cloudformation(const nlohmann::json& document) {
  return document.contains("Resources") || document.contains("ContainerDefinitions") ||
         (document.contains("Properties") && !document.contains("containerDefinitions"));
}

}  // namespace

TaskFiles::TaskFiles(std::filesystem::path folder, bool allow_outside, Findings& findings)
    : folder_(std::move(folder)), allow_outside_(allow_outside), findings_(findings) {}
TaskFiles::~TaskFiles() = default;

const TaskFile* TaskFiles::read(const std::string& from, const Span& where) {
  const auto known = files_.find(from);
  if (known != files_.end() && known->second != nullptr) return known->second.get();
  return (files_[from] = load(from, where)).get();
}

std::unique_ptr<TaskFile> TaskFiles::load(const std::string& from, const Span& where) try {
  if (!allow_outside_ && row(Format::source).format_error(from)) return nullptr;  // the check of shapes has said it
  const auto path = (folder_ / from).lexically_normal();
  auto file = open_named_file(folder_, from, allow_outside_);
  file.path = path;
  SourceText source(path.string(), without_byte_order_mark(read_all_of(file, most_bytes)));
  nlohmann::json document;
  std::map<std::string, Position> positions;
  if (is_yaml(path)) {
    const auto node = parse_yaml(source, findings_);
    if (!node) return nullptr;
    document = to_json(*node, {}, source, positions);
  } else {
    if (const auto comma = trailing_comma(source.text()); comma && !is_json(source.text())) {
      findings_.error_in(source, source.span_at(*comma, 1), cat(in_quotes(from), " is not valid JSON"), "",
                         "remove the comma before the closing bracket");
      return nullptr;
    }
    document = parse_json(source.text(), in_quotes(from),
                          {.most_bytes = most_bytes, .most_depth = most_depth, .comments = true});
    positions = json_positions(source);
  }
  if (document.is_object() && is_cloudformation(document)) {
    findings_.error(where, cat(in_quotes(from), " is a CloudFormation template, not a task definition"), "",
                    "write the members of `Properties` as in the ECS API, with a lower-case first letter: `family`, "
                    "`containerDefinitions`, `image`");
    return nullptr;
  }
  if (document.is_object())
    return std::make_unique<TaskFile>(TaskFile{std::move(source), std::move(document), std::move(positions)});
  findings_.error(where, cat(in_quotes(from), " is not a task definition"), "it must contain one JSON object",
                  help_for(document));
  return nullptr;
} catch (const Error& error) {
  findings_.error(where, error.line(), "", error.help());
  return nullptr;
} catch (const std::filesystem::filesystem_error& error) {
  findings_.error(where, cat("cannot read ", in_quotes(from), ": ", printable(error.code().message(), 200)));
  return nullptr;
}

}  // namespace lapstrake::spec
