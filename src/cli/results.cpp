#include "results.hpp"

#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "explanation.hpp"

namespace lapstrake::cli {

using nlohmann::ordered_json;

void print_json(const Printer& printer, const ordered_json& value) { printer.json_result(pretty_json(value) + "\n"); }

void print_json_line(const Printer& printer, const ordered_json& value) {
  printer.json_result(value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

ordered_json json_of(const spec::Diagnostic& diagnostic) {
  return {{"severity", diagnostic.severity == spec::Diagnostic::Severity::error ? "error" : "warning"},
          {"file", diagnostic.where.file},
          {"line", diagnostic.where.line},
          {"column", diagnostic.where.column},
          {"message", diagnostic.message},
          {"hint", diagnostic.hint},
          {"help", diagnostic.help}};
}

ordered_json json_of(const app::PushedImage& image) {
  ordered_json references = ordered_json::array();
  for (const auto& reference : image.references) references.push_back(reference.text());
  ordered_json one{{"name", image.name},
                   {"digest", image.references.front().digest.text()},
                   {"references", references},
                   {"blobsSent", image.blobs_sent},
                   {"bytesSent", image.bytes_sent},
                   {"blobsPresent", image.blobs_present}};
  for (const auto& attachment : image.attachments) one["attachments"].push_back(attachment.digest.text());
  return one;
}

ordered_json json_of(const app::BuiltImage& image) {
  ordered_json platforms = ordered_json::array();
  for (const auto& manifest : image.manifests)
    platforms.push_back(
        {{"platform", manifest.platform ? manifest.platform->text() : ""}, {"digest", manifest.digest.text()}});
  ordered_json one{{"name", image.name},
                   {"digest", image.root.digest.text()},
                   {"mediaType", image.root.media_type},
                   {"platforms", platforms}};
  if (!image.changes.empty()) one["explanation"] = explanation_json(image);
  return one;
}

ordered_json json_of(const app::RegisteredTask& task, bool dry_run) {
  ordered_json one{{"name", task.name}, {"family", task.family}, {"arn", task.arn}, {"registered", task.is_new}};
  if (dry_run) one["diff"] = task.diff;
  return one;
}

std::string line_of(const app::RegisteredTask& task, bool dry_run) {
  if (!dry_run) return task.arn;
  return task.diff.empty() ? cat("task `", task.name, "`: no change, ", task.arn, " is up to date")
                           : task.diff.substr(0, task.diff.find_last_not_of('\n') + 1);
}

}  // namespace lapstrake::cli
