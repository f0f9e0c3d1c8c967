#include "task_document.hpp"

#include <algorithm>
#include <lapstrake/aws/ecs/canonical.hpp>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/ecs/task_definition.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/placeholders.hpp>

namespace lapstrake::app {

using nlohmann::json;

json document_of(const spec::Task& task) {
  json document = task.from_text ? aws::read_task_definition(*task.from_text, cat("`", task.from_file.string(), "`"))
                                 : json::object();
  document = aws::merge(std::move(document), parse_json(task.overlay, "the task", {}));
  document = aws::without_nulls(std::move(document));
  if (!document.contains("family")) document["family"] = task.name;
  return aws::with_strings(std::move(document));
}

json filled(json document, const std::map<std::string, std::string>& references) {
  if (document.is_string()) {
    return spec::fill_images(document.get_ref<const std::string&>(),
                             [&](const std::string& name) { return references.at(name); });
  }
  if (document.is_structured())
    for (auto& child : document) child = filled(std::move(child), references);
  return document;
}

aws::ImageFact fact_of(const std::vector<oci::Platform>& platforms) {
  if (platforms.size() != 1) return {};
  return {.architecture = platforms.front().architecture, .os = platforms.front().os};
}

}  // namespace lapstrake::app
