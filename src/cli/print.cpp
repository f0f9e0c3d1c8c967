#include "print.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

// Writes all of `text`; returns whether that succeeded.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(fd, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

std::string_view colour_of(StyledSpan::Role role) {
  switch (role) {
    case StyledSpan::Role::error:
    case StyledSpan::Role::marker: return "\x1b[1;31m";
    case StyledSpan::Role::warning: return "\x1b[1;33m";
    case StyledSpan::Role::help: return "\x1b[32m";
    case StyledSpan::Role::position: return "\x1b[34m";
    case StyledSpan::Role::plain: break;
  }
  return {};
}

void print_result(std::string_view text) {
  if (!write_all(STDOUT_FILENO, text)) throw Error(ErrorKind::input, cat("cannot write to stdout: ", reason(errno)));
}

// "\\u202e"
std::string json_escape(std::string_view utf8) {
  const auto quoted = ordered_json(utf8).dump(-1, ' ', true, ordered_json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

ordered_json without_secrets(const ordered_json& value, const Redactor& secrets) {
  if (value.is_string()) return secrets.redacted(value.get_ref<const std::string&>());
  if (!value.is_structured()) return value;
  auto out = value.is_object() ? ordered_json::object() : ordered_json::array();
  for (const auto& [name, member] : value.items())
    if (value.is_object())
      out[secrets.redacted(name)] = without_secrets(member, secrets);
    else
      out.push_back(without_secrets(member, secrets));
  return out;
}

// JSON does not escape DEL, C1 and bidirectional control characters. They are exactly where `printable` would escape;
// they occur only inside strings, and are below U+10000.
std::string escaped_json(std::string_view text) {
  if (printable(text, text.npos, true) == text) return std::string(text);
  std::string out;
  while (!text.empty()) {
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) ++length;
    const auto one = text.substr(0, length);
    const bool is_plain = one == "\n" || printable(one) == one;
    out += is_plain ? std::string(one) : json_escape(one);
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

Printer::Printer(const Runtime& runtime) : secrets_(runtime.secrets), colours_(colours_wanted(runtime.environment)) {}

void Printer::result(const std::string& text) const { print_result(clean(text)); }

void Printer::json_result(const std::string& text) const { print_result(clean_json(text)); }

void Printer::message(const std::string& text) const { draw(clean(text)); }

void Printer::message(const StyledText& text) const { draw(rendered(text, colours_)); }

void Printer::error(const Error& error) const { message(styled_report(error)); }

void Printer::findings(const std::vector<Finding>& findings, bool warnings) const {
  for (const auto& finding : findings)
    if (warnings || finding.severity == Finding::Severity::error) message(styled_report(finding));
}

void Printer::draw(const std::string& text) { (void)write_all(STDERR_FILENO, text); }

std::string Printer::clean(const std::string& text) const {
  return printable(secrets_->redacted(text), std::string::npos, true);
}

std::string Printer::clean_json(const std::string& text) const {
  if (secrets_->redacted(text) == text) return escaped_json(text);
  const auto value = without_secrets(ordered_json::parse(text), *secrets_);
  const bool is_pretty = text.find('\n') + 1 < text.size();
  return escaped_json(is_pretty ? pretty_json(value) : value.dump()) + "\n";
}

std::string Printer::rendered(const StyledText& text, bool colours) const {
  std::string out;
  for (const auto& span : text) {
    const auto colour = colours ? colour_of(span.role) : std::string_view();
    out += colour.empty() ? clean(span.text) : cat(colour, clean(span.text), "\x1b[0m");
  }
  return out;
}

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

unsigned stderr_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool colours_wanted(const Environment& environment) {
  return stderr_is_terminal() && !environment("NO_COLOR") && environment("TERM") != "dumb";
}

}  // namespace lapstrake::cli
