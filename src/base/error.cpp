#include <cstring>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake {

Error::Error(ErrorKind kind, std::string what, std::string help)
    : kind_(kind), what_(std::move(what)), help_(std::move(help)) {}

Error& Error::because(std::string text) {
  because_ = std::move(text);
  return *this;
}

Error& Error::during(std::string step) {
  steps_.push_back(std::move(step));
  return *this;
}

Error& Error::helped_by(std::string help) {
  if (help_.empty()) help_ = std::move(help);
  return *this;
}

Error& Error::transient(std::optional<std::chrono::milliseconds> floor) {
  transient_ = true;
  wait_floor_ = floor;
  return *this;
}

Error& Error::permanent() {
  transient_ = false;
  wait_floor_ = std::nullopt;
  return *this;
}

Error& Error::with_code(ErrorCode code) {
  code_ = code;
  return *this;
}

Error& Error::from_service(ServiceError error) {
  service_ = std::move(error);
  return *this;
}

std::string Error::line() const { return because_.empty() ? what_ : cat(what_, ": ", because_); }

StyledText styled_report(const Error& error) {
  StyledText out;
  const auto add = [&out](StyledSpan::Role role, std::string_view label, std::string_view text) {
    out.push_back({role, std::string(label)});
    out.push_back({StyledSpan::Role::plain, cat(" ", replace_all(printable(text, 4096, true), "\n", "\n    "), "\n")});
  };
  add(StyledSpan::Role::error, "error:", error.summary());
  if (!error.reason().empty()) add(StyledSpan::Role::plain, "  because:", error.reason());
  for (const auto& doing : error.steps()) add(StyledSpan::Role::plain, "  while:", doing);
  if (!error.help().empty()) add(StyledSpan::Role::help, "  help:", error.help());
  return out;
}

std::string report(const Error& error) { return without_style(styled_report(error)); }

std::string reason(int error_number) {
  // strerrordesc_np (glibc 2.32) is not translated, unlike strerror.
  const char* text = ::strerrordesc_np(error_number);
  return text != nullptr ? std::string(text) : cat("error ", error_number);
}

}  // namespace lapstrake
