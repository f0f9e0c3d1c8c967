// What a command works with, made once from the options: the context, the project, the progress.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/world.hpp>
#include <lapstrake/spec/read.hpp>
#include <optional>
#include <string>
#include <vector>

#include "options.hpp"
#include "print.hpp"
#include "progress.hpp"

namespace lapstrake::cli {

class Desk {
 public:
  Desk(const Options& options, const World& world);
  ~Desk();  // takes the bars off the screen
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Error{usage} for options, and for a SOURCE_DATE_EPOCH, that say nothing sensible.
  app::Context context();
  spec::ReadResult read() const;
  // The project, its warnings printed; its mistakes are printed and end the command. Its bases are those of
  // `lapstrake.lock`.
  spec::Project project();
  // The same; nothing when there are mistakes, and their number printed, or the lock is broken, and that printed.
  std::optional<spec::Project> project_unless_broken();
  // Without a look at the lock.
  spec::Project unpinned_project() const;
  void pin(spec::Project& project);
  Error mistakes(const std::vector<spec::Diagnostic>& diagnostics) const;
  // Empty when it cannot be told, for the commands that can do without.
  std::filesystem::path store_root() const;
  // Where bases are vendored, whether or not there is such a folder.
  std::filesystem::path vendor_folder() const;

  const Options& options() const { return options_; }
  const Printer& printer() const { return printer_; }
  void clear() { view_.close(); }
  // A result for people; with --json it comes with the others.
  void print_line(const std::string& line);

 private:
  void go_offline(app::Context& context);
  std::map<std::string, oci::Reference> given_images() const;
  std::optional<std::filesystem::path> vendored() const;
  std::optional<spec::Project> project_if_right(std::vector<spec::Diagnostic>& diagnostics) const;

  const Options& options_;
  const World& world_;
  Printer printer_;
  ProgressView view_;
};

}  // namespace lapstrake::cli
