#include <algorithm>
#include <lapstrake/app/watch/watch.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <set>

#include <lapstrake/app/build/build.hpp>
#include <lapstrake/app/build/outputs.hpp>
#include <lapstrake/app/build/prebuilt_image.hpp>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/publish/push_image.hpp>
#include "watched_sources.hpp"

namespace lapstrake::app {
namespace {

// A build that meets files half-written fails, and is soon tried again; this many times without a word.
constexpr unsigned most_silent_failures = 10;

class Watch {
 public:
  Watch(const Context& context, const std::filesystem::path& file,
        const std::function<std::optional<spec::Project>()>& read, const WatchSettings& settings,
        const WatchReports& reports)
      : context_(context),
        file_(std::filesystem::absolute(file).lexically_normal()),
        read_(read),
        settings_(settings),
        reports_(reports),
        folders_(file_.parent_path(), own_paths()) {}

  [[noreturn]] void run() {
    begin();
    for (;;) {
      const auto changes = folders_.wait(settings_.quiet, settings_.patience, context_.runtime.stop);
      const bool spec = changes.lost || changes.images.contains("");
      if (spec) reread();
      if (spec || changes.places) update_watches();
      for (const auto& name : names())
        if (spec || changes.images.contains(name)) todo_.insert(name);
      build();
    }
  }

 private:
  std::vector<std::filesystem::path> own_paths() const {
    std::vector<std::filesystem::path> paths{context_.store_root};
    for (const auto& output : settings_.outputs) paths.push_back(output.where.path);
    return paths;
  }

  void begin() {
    folders_.watch(watched_spec(file_, nullptr));  // before it is read, so that no change is missed
    project_ = read_();
    if (project_) check_outputs(images_of(*project_), context_, settings_.outputs);
    update_watches();
    const auto all = names();
    todo_.insert(all.begin(), all.end());
    build();
    note(cat("watching ", count_of(folders_.count(), "folder"), " for changes; press Ctrl-C to stop"));
  }

  // The images that are to be built. Errors of choose_images, and for what cannot be pushed.
  std::vector<const spec::Image*> images_of(const spec::Project& project) const {
    auto chosen = choose_images(project, settings_.names);
    if (!settings_.push) return chosen;
    if (settings_.names.empty()) std::erase_if(chosen, [](const auto* image) { return image->repository.empty(); });
    for (const auto* image : chosen) require_pushable(context_, *image);
    if (chosen.empty())
      throw Error(ErrorKind::usage, cat("no image of `", project.file.string(), "` has a `repository:`"),
                  "add `repository: HOST/NAME` to the images to push");
    return chosen;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    if (project_)
      for (const auto* image : images_of(*project_)) names.push_back(image->name);
    return names;
  }

  // A spec that is broken, or no longer has what is asked for, is told; what was watched before stays so.
  void reread() {
    broken_ = true;
    attempt([&] {
      auto project = read_();
      if (!project) return;
      check_outputs(images_of(*project), context_, settings_.outputs);
      project_ = std::move(project);
      broken_ = false;
    });
  }

  void update_watches() {
    auto all = watched_spec(file_, project_ && !broken_ ? &*project_ : nullptr);
    if (project_)
      for (auto& one : watched_sources(context_, *project_, images_of(*project_))) all.push_back(std::move(one));
    folders_.watch(std::move(all));
  }

  void build() {
    if (!project_ || broken_) return;
    const auto all = names();
    for (const auto& name : all)
      if (todo_.contains(name) && build(name)) todo_.erase(name);
    std::erase_if(todo_, [&](const auto& name) { return std::ranges::find(all, name) == all.end(); });
  }

  // What the reports throw is no failure of the build: it ends the watch.
  bool build(const std::string& name) {
    auto& reported = reported_[name];
    std::optional<BuiltImage> built;
    std::optional<PushedImage> pushed;
    std::string result;
    const bool done = attempt([&] {
      built = app::build(quietly(), *project_, {name}, settings_.outputs).at(0);
      result = result_of(*built);
      if (settings_.push && reported.result != result) pushed = push(*built);
    });
    if (!done) return reported.failed = true, false;
    const bool is_new = std::exchange(reported.result, result) != result,
               was_broken = std::exchange(reported.failed, false);
    if (pushed)
      reports_.pushed(*pushed);
    else if (is_new)
      reports_.built(*built);
    else if (was_broken)
      note(cat(name, ": unchanged"));
    return true;
  }

  // What must differ to be new: a push also goes to another repository, and under other tags.
  std::string result_of(const BuiltImage& built) const {
    if (!settings_.push) return built.root.digest.text();
    const auto* image = choose_images(*project_, {built.name}).front();
    return cat(image->repository, " ", join(image->tags, " "), " ", built.root.digest.text());
  }

  PushedImage push(const BuiltImage& built) const {
    const auto store = store::Store::open(context_.store_root);
    const auto image = choose_images(*project_, {built.name}).front();
    const Network network(context_, project_->registries);
    return push_resolved(context_, network, {.image = image, .root = built.root, .platforms = {}}, store,
                         *settings_.push);
  }

  // Runs `act`; false when it failed, which is told unless a change on its way may heal it.
  bool attempt(const std::function<void()>& act) {
    std::optional<Error> failure;
    try {
      act();
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& error) {
      failure = error;
    } catch (const std::exception& error) {
      failure = Error(ErrorKind::internal, error.what());
    }
    stop_point(context_.runtime.stop);
    if (!failure) return silent_failures_ = 0, true;
    if (folders_.changed() && silent_failures_++ < most_silent_failures) return false;
    silent_failures_ = 0;
    reports_.failed(*failure);
    return false;
  }

  void note(std::string text) const {
    context_.report.progress({.kind = Event::Kind::note, .image = {}, .subject = {}, .text = std::move(text)});
  }

  // After the first result, unchanged steps are not worth a line.
  Context quietly() const {
    Context context = context_;
    const bool has_result = std::ranges::any_of(reported_, [](const auto& one) { return !one.second.result.empty(); });
    if (has_result)
      context.report.progress = [this](const Event& event) {
        if (event.kind != Event::Kind::reused) context_.report.progress(event);
      };
    return context;
  }

  struct Reported {
    std::string result{};  // the last that was reported
    bool failed = false;   // since then
  };

  const Context& context_;
  std::filesystem::path file_;
  const std::function<std::optional<spec::Project>()>& read_;
  const WatchSettings& settings_;
  const WatchReports& reports_;
  WatchedFolders folders_;
  std::optional<spec::Project> project_;
  bool broken_ = false;                       // the spec: what `project_` says is out of date
  std::set<std::string> todo_;                // images to be built, by their names
  std::map<std::string, Reported> reported_;  // by the images' names
  unsigned silent_failures_ = 0;
};

}  // namespace

void watch(const Context& context, const std::filesystem::path& file,
           const std::function<std::optional<spec::Project>()>& read, const WatchSettings& settings,
           const WatchReports& reports) {
  Watch(context, file, read, settings, reports).run();
}

}  // namespace lapstrake::app
