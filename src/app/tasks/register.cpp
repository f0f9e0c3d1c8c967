#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/publish/push_image.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/app/tasks/session.hpp>
#include <lapstrake/aws/ecs/canonical.hpp>
#include <lapstrake/aws/ecs/revisions.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>

#include "task_document.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

void require_clean(const Context& context, const spec::Project& project, const std::vector<std::string>& names) {
  const auto findings = check_tasks(context, project, names);
  const auto errors = std::count_if(findings.begin(), findings.end(),
                                    [](const auto& finding) { return finding.severity == Finding::Severity::error; });
  if (errors > 0)
    throw Error(ErrorKind::usage, cat(count_of(static_cast<std::uint64_t>(errors), "mistake"), " in the tasks"),
                "run `lapstrake check` to list them");
}

class Registrar {
 public:
  Registrar(const Context& context, const spec::Project& project, const RegisterSettings& settings)
      : context_(context), project_(project), settings_(settings), network_(context, project.registries) {}

  Registration run(const std::vector<std::string>& names, const std::function<void(const RegisteredTask&)>& each) {
    const auto tasks = choose_tasks(project_, names);
    const auto images = images_of(project_, tasks);
    for (const auto* image : images) require_pushable(context_, *image);
    const auto session = session_for_tasks(network_, images);  // before anything is built: no keys, no work
    resolve_images(images);
    Registration registration{
        .images = std::move(pushed_), .tasks = {}, .manifests = std::move(manifests_), .references = references_};
    for (const auto* task : tasks) {
      registration.tasks.push_back(
          step(cat("registering task `", task->name, "`"), [&] { return one(session, *task); }));
      if (each) each(registration.tasks.back());
    }
    return registration;
  }

  std::vector<PinnedTask> pinned(const std::vector<std::string>& names) {
    const auto tasks = choose_tasks(project_, names);
    resolve_images(images_of(project_, tasks));
    std::vector<PinnedTask> out;
    for (const auto* task : tasks) out.push_back({.name = task->name, .document = pinned_document(*task).dump()});
    return out;
  }

 private:
  json pinned_document(const spec::Task& task) const {
    return aws::with_platform(filled(document_of(task), references_), facts_);
  }

  void resolve_images(const std::vector<const spec::Image*>& images) {
    const auto store = store::Store::open(context_.store_root);
    for (const auto* image : images) {
      const auto resolved = resolve(context_, network_, project_, *image, store);
      if (settings_.dry_run) {
        keep(resolved, expected_reference(resolved));
      } else {
        pushed_.push_back(push_resolved(context_, network_, resolved, store, settings_.push));
        keep(resolved, pushed_.back().references.front());
      }
    }
  }

  void keep(const ResolvedImage& resolved, const oci::PinnedReference& reference) {
    references_[resolved.image->name] = reference.text();
    facts_[reference.text()] = fact_of(resolved.platforms);
    if (!oci::is_index(resolved.root.media_type)) manifests_.insert(resolved.root.digest.text());
  }

  RegisteredTask one(const aws::Session& session, const spec::Task& task) const {
    const auto document = pinned_document(task);
    RegisteredTask registered{
        .name = task.name, .family = document.at("family").get<std::string>(), .arn = {}, .diff = {}};
    if (settings_.dry_run) return compared(session, document, std::move(registered));
    const auto revision = aws::register_task_definition(session, document);
    registered.arn = revision.arn;
    registered.is_new = revision.is_new;
    for (const auto& member : revision.dropped)
      context_.report.progress(
          {.kind = Event::Kind::warning,
           .image = {},
           .subject = {},
           .text = cat("task ", task.name, ": ECS did not keep `", member.substr(1),
                       "`: remove it, otherwise every `lapstrake register` creates a new revision")});
    const auto colon = revision.arn.rfind('/');
    context_.report.progress({.kind = revision.is_new ? Event::Kind::finished : Event::Kind::reused,
                              .image = {},
                              .subject = cat("task ", task.name),
                              .text = cat(revision.is_new ? "registered " : "no change: ",
                                          revision.arn.substr(colon + 1), revision.is_new ? "" : " is up to date")});
    return registered;
  }

  RegisteredTask compared(const aws::Session& session, const json& document, RegisteredTask registered) const {
    const auto newest = aws::newest_revision(session, registered.family);
    const auto before = newest ? parse_json(newest->document, "the revision " + newest->arn, {}) : json::object();
    registered.arn = newest ? newest->arn : "";
    registered.diff = aws::diff(aws::canonical(before), aws::canonical(document),
                                newest ? newest->arn : "no active revision", cat(registered.family, " (this spec)"));
    return registered;
  }

  const Context& context_;
  const spec::Project& project_;
  const RegisterSettings& settings_;
  const Network network_;
  std::vector<PushedImage> pushed_;
  std::map<std::string, std::string> references_;
  std::map<std::string, aws::ImageFact> facts_;
  std::set<std::string> manifests_;
};

}  // namespace

std::vector<PinnedTask> pinned_tasks(const Context& context, const spec::Project& project,
                                     const std::vector<std::string>& names) {
  require_clean(context, project, names);
  const RegisterSettings settings{.dry_run = true};
  return Registrar(context, project, settings).pinned(names);
}

std::string family_of(const spec::Task& task) { return document_of(task).at("family").get<std::string>(); }

Registration register_tasks(const Context& context, const spec::Project& project, const std::vector<std::string>& names,
                            const RegisterSettings& settings, const std::function<void(const RegisteredTask&)>& each) {
  require_clean(context, project, names);
  return Registrar(context, project, settings).run(names, each);
}

}  // namespace lapstrake::app
