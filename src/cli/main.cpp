// The program's entry: standard descriptors, signals, and the exit code of every failure.
#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/inherited.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <new>
#include <system_error>

#include "print.hpp"
#include "run.hpp"
#include "signals.hpp"

namespace {

using namespace lapstrake;

// Else the next file that is opened becomes 0, 1 or 2, and what is printed goes into it. Where /dev/null is missing the
// numbers are taken all the same; reads and writes fail then.
bool open_standard_descriptors() {
  for (const int wanted : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(wanted, F_GETFD) >= 0) continue;
    int opened = ::open("/dev/null", O_RDWR);
    if (opened < 0) opened = ::open("/", O_PATH | O_DIRECTORY);
    if (opened != wanted) return false;
  }
  return true;
}

// Of the exception that is being handled: its message is printed, its exit code returned.
int report_failure(const cli::Printer& printer) {
  try {
    throw;
  } catch (const Error& error) {
    printer.error(error);
    return static_cast<int>(error.kind());
  } catch (const std::filesystem::filesystem_error& error) {
    printer.error(Error(ErrorKind::input, cat("cannot use `", error.path1().string(), "`: ", error.code().message())));
    return static_cast<int>(ErrorKind::input);
  } catch (const std::bad_alloc&) {
    cli::Printer::draw("error: out of memory\n");
  } catch (const std::exception& error) {
    printer.error(Error(ErrorKind::internal, cat("internal error: ", error.what()),
                        "please report this, with the command that you ran"));
  }
  return static_cast<int>(ErrorKind::internal);
}

int run(int count, char** words, const Inherited& caller) {
  const cli::Interruption interruption(caller);
  auto runtime = process_runtime(interruption.token());
  runtime.inherited = std::make_shared<const Inherited>(caller);
  const cli::Printer printer(runtime);
  try {
    return cli::run({words + 1, words + count}, runtime);
  } catch (const Interrupted& stop) {
    printer.error(Error(ErrorKind::internal, stop.what()));
    return interruption.exit_code();
  } catch (...) {
    return report_failure(printer);
  }
}

}  // namespace

int main(int count, char** words) {
  if (!open_standard_descriptors()) return static_cast<int>(ErrorKind::input);
  const Inherited caller = inherited_state();
  use_own_state();
  try {
    try {
      return run(count, words, caller);
    } catch (...) {
      return report_failure(cli::Printer(process_runtime()));
    }
  } catch (...) {  // no memory even for the message
    constexpr std::string_view text = "error: out of memory\n";
    (void)!::write(STDERR_FILENO, text.data(), text.size());
    return static_cast<int>(ErrorKind::internal);
  }
}
