// The context of one command, created from the options: app context, project, printer and progress view.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/spec/read.hpp>
#include <optional>
#include <string>
#include <vector>

#include "options.hpp"
#include "print.hpp"
#include "progress.hpp"

namespace lapstrake::cli {

class CommandContext {
 public:
  CommandContext(const Options& options, const Runtime& runtime);
  ~CommandContext();  // erases the progress bars
  CommandContext(const CommandContext&) = delete;
  CommandContext& operator=(const CommandContext&) = delete;

  // Error{usage} for an invalid option or an invalid SOURCE_DATE_EPOCH.
  app::Context context();
  spec::ReadResult read() const;
  // Reads the project, pins its bases by `lapstrake.lock`, and prints warnings. Prints the mistakes and throws if there
  // are any.
  spec::Project project();
  // The same, but prints the errors of the spec or the lock and returns nothing instead of throwing.
  std::optional<spec::Project> project_unless_broken();
  // The same as project(), without reading the lock.
  spec::Project unpinned_project() const;
  void pin(spec::Project& project);
  Error mistakes(const std::vector<spec::Diagnostic>& diagnostics) const;
  // Empty if it is unknown and the command does not need a store.
  std::filesystem::path store_root() const;
  // The vendor folder, which need not exist.
  std::filesystem::path vendor_folder() const;

  const Options& options() const { return options_; }
  const Printer& printer() const { return printer_; }
  void clear() { view_.close(); }
  // Prints a result for people; nothing with --json, where the command prints all results at once.
  void print_line(const std::string& line);

 private:
  void go_offline(app::Context& context);
  std::map<std::string, oci::Reference> prebuilt_images() const;
  std::optional<std::filesystem::path> existing_vendor_folder() const;
  std::optional<spec::Project> project_if_right(std::vector<spec::Diagnostic>& diagnostics) const;

  const Options& options_;
  const Runtime& runtime_;
  Printer printer_;
  ProgressView view_;
};

}  // namespace lapstrake::cli
