// The context of a command, created from the command line: app context, project, printer and progress view.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/spec/read.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parser.hpp"
#include "print.hpp"
#include "progress.hpp"

namespace lapstrake::cli {

class CommandContext {
 public:
  CommandContext(CommandLine line, Runtime runtime);
  ~CommandContext();  // erases the progress bars
  CommandContext(const CommandContext&) = delete;
  CommandContext& operator=(const CommandContext&) = delete;

  // A folder that `--vendored` or the environment names must exist, except for the command that creates it.
  enum class NamedFolder { must_exist, may_be_missing };
  // Error{usage} for an invalid option or an invalid SOURCE_DATE_EPOCH.
  app::Context context(NamedFolder vendor_folder = NamedFolder::must_exist);
  // Throws Error{usage}: `what` cannot be used with --offline.
  [[noreturn]] static void refuse_offline(const std::string& what);
  spec::ReadResult read() const;
  // Reads the project, pins its bases by `lapstrake.lock`, and prints warnings. Prints the mistakes and throws if there
  // are any.
  spec::Project project();
  // The same, but prints the errors of the spec or the lock and returns nothing instead of throwing.
  std::optional<spec::Project> project_unless_broken();
  // For commands that use the spec only for names and registry settings: nothing if there is no spec. Mistakes in it
  // are an error only if one of `names` may be an image of the spec.
  std::optional<spec::Project> project_if_any(const std::vector<std::string>& names);
  // The same as project(), without reading the lock.
  spec::Project unpinned_project() const;
  void pin(spec::Project& project);
  Error mistakes(const std::vector<Finding>& findings) const;
  // Empty if it is unknown and the command does not need a store.
  std::filesystem::path store_root() const;
  // The vendor folder, which need not exist.
  std::filesystem::path vendor_folder() const;

  const GlobalOptions& options() const { return line_.options; }
  const std::vector<std::string>& arguments() const { return line_.arguments; }
  const std::vector<std::string>& program() const { return line_.program; }
  const Runtime& runtime() const { return runtime_; }
  const Printer& printer() const { return printer_; }
  void clear() { view_.close(); }
  // Prints a result for people; nothing with --json, where the command prints all results at once.
  void print_line(const std::string& line);

 private:
  std::map<std::string, oci::Reference> prebuilt_images() const;
  std::optional<std::filesystem::path> existing_vendor_folder(NamedFolder named) const;
  std::optional<spec::Project> project_if_right(std::vector<Finding>& findings) const;

  CommandLine line_;
  Runtime runtime_;
  std::shared_ptr<app::Run> run_ = std::make_shared<app::Run>();  // of all contexts of this command
  Printer printer_;
  ProgressView view_;
};

}  // namespace lapstrake::cli
