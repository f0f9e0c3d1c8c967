#include <algorithm>
#include <lapstrake/app/tasks/containers.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/spec/placeholders.hpp>

#include "task_document.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Fargate has no other network mode.
bool is_awsvpc(const json& document) {
  const auto required = document.value("requiresCompatibilities", json());
  return text_of(document, "networkMode") == "awsvpc" ||
         (required.is_array() && std::ranges::count(required, json("FARGATE")) != 0);
}

}  // namespace

std::vector<TaskContainer> containers_of_awsvpc_task(const spec::Task& task) try {
  const auto document = document_of(task);
  std::vector<TaskContainer> out;
  const auto containers = document.value("containerDefinitions", json());
  if (!is_awsvpc(document) || !containers.is_array()) return out;
  for (const auto& container : containers) {
    if (!container.is_object()) continue;
    TaskContainer one{.name = text_of(container, "name"), .images = {}};
    spec::fill_images(text_of(container, "image"), [&](const std::string& image) {
      one.images.push_back(image);
      return std::string();
    });
    out.push_back(std::move(one));
  }
  return out;
} catch (const Error&) {
  return {};  // check_tasks() reports it
}

}  // namespace lapstrake::app
