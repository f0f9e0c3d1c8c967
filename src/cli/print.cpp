#include "print.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <lapstrake/base/text.hpp>

namespace lapstrake::cli {
namespace {

constexpr std::string_view red = "\x1b[1;31m", yellow = "\x1b[1;33m", green = "\x1b[32m", blue = "\x1b[34m",
                           plain = "\x1b[0m";

// Writes all of it; says whether it could.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(fd, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

std::string coloured_line(const std::string& line) {
  const struct {
    std::string_view label, colour;
  } labels[] = {{"error:", red}, {"warning:", yellow}, {"  help:", green}, {" --> ", blue}};
  for (const auto& [label, colour] : labels)
    if (line.starts_with(label)) return cat(colour, label, plain, line.substr(label.size()));
  const auto caret = line.find('^');
  if (line.find_first_not_of(" |") == caret && caret != std::string::npos)
    return cat(line.substr(0, caret), red, line.substr(caret), plain);
  return line;
}

}  // namespace

void print_result(const std::string& text) {
  if (!write_all(STDOUT_FILENO, text)) throw Error(Fault::input, cat("cannot write to stdout: ", reason(errno)));
}

void print_talk(const std::string& text) { (void)write_all(STDERR_FILENO, text); }

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

unsigned stderr_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool colours_wanted(const Environment& environment) {
  return stderr_is_terminal() && !environment("NO_COLOR") && environment("TERM") != "dumb";
}

std::string coloured(const std::string& report, bool colours) {
  if (!colours) return report;
  std::vector<std::string> lines;
  for (const auto& line : split(report, '\n')) lines.push_back(coloured_line(line));
  return join(lines, "\n");
}

void print_error(const Error& error, bool colours) { print_talk(coloured(report(error), colours)); }

void print_diagnostics(const std::vector<spec::Diagnostic>& diagnostics, bool colours, bool warnings) {
  for (const auto& diagnostic : diagnostics)
    if (warnings || diagnostic.severity == spec::Diagnostic::Severity::error)
      print_talk(coloured(spec::report(diagnostic), colours));
}

}  // namespace lapstrake::cli
