// The one place that exits.
#include <exception>
#include <filesystem>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <new>

#include "commands.hpp"
#include "core_files.hpp"
#include "print.hpp"
#include "signals.hpp"

namespace {

using namespace lapstrake;

int exit_code(const Error& error, const cli::Interruption& interruption) {
  return error.fault() == Fault::interrupted ? interruption.exit_code() : static_cast<int>(error.fault());
}

}  // namespace

int main(int count, char** words) {
  cli::forbid_core_files();
  cli::Interruption interruption;
  const auto world = real_world(interruption.token());
  const cli::Printer printer(world);
  try {
    return cli::run(cli::parse({words + 1, words + count}), world);
  } catch (const Error& error) {
    printer.error(error);
    return exit_code(error, interruption);
  } catch (const std::filesystem::filesystem_error& error) {
    printer.error(Error(Fault::input, cat("cannot use `", error.path1().string(), "`: ", error.code().message())));
    return static_cast<int>(Fault::input);
  } catch (const std::bad_alloc&) {
    cli::Printer::draw("error: out of memory\n");
  } catch (const std::exception& error) {
    printer.error(Error(Fault::internal, cat("internal fault: ", error.what()), "please report it, with the command"));
  }
  return static_cast<int>(Fault::internal);
}
