#include "results.hpp"

#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "plan_report.hpp"

namespace lapstrake::cli {

using nlohmann::ordered_json;

void print_json(const Printer& printer, const ordered_json& value) { printer.json_result(pretty_json(value) + "\n"); }

void print_json_line(const Printer& printer, const ordered_json& value) {
  printer.json_result(value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

void print_results(CommandContext& command, const ordered_json& results, const std::function<void()>& act) {
  try {
    act();
  } catch (...) {
    command.clear();
    if (command.options().json) print_json(command.printer(), results);
    throw;
  }
  command.clear();
  if (command.options().json) print_json(command.printer(), results);
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
  if (!image.changes.empty()) one["explanation"] = plan_json(image);
  return one;
}

}  // namespace lapstrake::cli
