// The files of apt's configuration as values.
#include <algorithm>
#include <lapstrake/app/packages/apt_sources.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>

namespace lapstrake::app {
namespace {

namespace deb = packages::deb;

std::vector<std::string> words(std::string_view text) {
  const auto views = deb::words_of(text);
  return {views.begin(), views.end()};
}

bool is_yes(std::string_view text) {
  return text == "yes" || text == "true" || text == "1" || text == "on" || text == "with" || text == "enable";
}

[[noreturn]] void refuse(std::string_view what, std::string_view why) {
  throw Error(ErrorKind::usage, cat(what, " ", why), "correct the file, or name the archive in `sources:` of the spec");
}

void set_option(AptEntry& entry, std::string_view option) {
  const auto equals = option.find('=');
  if (equals == option.npos) return;
  const auto name = lower(option.substr(0, equals));
  const auto value = option.substr(equals + 1);
  if (name == "arch") entry.architectures = split(value, ',');
  if (name == "signed-by") entry.signed_by = split(value, ',');
  if (name == "trusted") entry.is_trusted = is_yes(value);
  if (name == "check-valid-until") entry.check_valid_until = is_yes(value);
}

// "deb [arch=amd64 signed-by=/a.gpg] http://host/debian bookworm main"
AptEntry entry_of(std::string_view line, std::string_view where) {
  AptEntry out;
  auto rest = trim(line.substr(3));
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == rest.npos) refuse(where, "has a `[` without `]`");
    for (const auto option : deb::words_of(rest.substr(1, end - 1))) set_option(out, option);
    rest = trim(rest.substr(end + 1));
  }
  auto parts = words(rest);
  if (parts.size() < 2) refuse(where, "has no URI and suite");
  out.uris = {parts[0]};
  out.suites = {parts[1]};
  out.components.assign(parts.begin() + 2, parts.end());
  return out;
}

// The lines of a key after `Signed-By:`, in which `.` is an empty line.
std::string key_of(std::string_view value) {
  std::string out;
  std::size_t at = 0;
  while (at <= value.size()) {
    const auto end = std::min(value.find('\n', at), value.size());
    const auto line = trim(value.substr(at, end - at));
    out += cat(line == "." ? "" : line, "\n");
    at = end + 1;
  }
  return out;
}

AptEntry entry_of(const deb::Stanza& stanza, std::string_view what) {
  AptEntry out{.uris = words(stanza.value("URIs")),
               .suites = words(stanza.value("Suites")),
               .components = words(stanza.value("Components")),
               .architectures = words(stanza.value("Architectures")),
               .signed_by = {}};
  if (out.uris.empty() || out.suites.empty()) refuse(what, "has an entry without `URIs` or `Suites`");
  const auto signed_by = stanza.value("Signed-By");
  if (signed_by.find("-----BEGIN PGP PUBLIC KEY BLOCK-----") != signed_by.npos)
    out.key = key_of(signed_by);
  else
    out.signed_by = words(signed_by);
  out.is_trusted = is_yes(stanza.value("Trusted"));
  if (const auto value = stanza.find("Check-Valid-Until")) out.check_valid_until = is_yes(*value);
  return out;
}

}  // namespace

std::vector<AptEntry> parse_sources_list(std::string_view text, std::string_view what) {
  std::vector<AptEntry> out;
  unsigned number = 0;
  for (const auto& raw : split(text, '\n')) {
    ++number;
    const auto line = trim(std::string_view(raw).substr(0, raw.find('#')));
    if (line.starts_with("deb ") || line.starts_with("deb\t") || line.starts_with("deb["))
      out.push_back(entry_of(line, cat(what, ", line ", number, ",")));
    else if (!line.empty() && !line.starts_with("deb-src"))
      refuse(cat(what, ", line ", number, ","), "does not begin with `deb` or `deb-src`");
  }
  return out;
}

std::vector<AptEntry> parse_deb822_sources(std::string_view text, std::string_view what) {
  std::vector<AptEntry> out;
  try {
    deb::for_each_stanza(text, what, [&](const deb::Stanza& stanza) {
      const auto types = words(stanza.value("Types"));
      const auto enabled = stanza.find("Enabled");
      if (std::ranges::find(types, "deb") == types.end() || (enabled && !is_yes(*enabled))) return;
      out.push_back(entry_of(stanza, what));
    });
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::integrity) refuse(error.summary(), error.reason());
    throw;
  }
  return out;
}

}  // namespace lapstrake::app
