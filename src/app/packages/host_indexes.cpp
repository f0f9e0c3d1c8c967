#include <filesystem>
#include <lapstrake/app/packages/host_indexes.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <map>

#include "ini.hpp"
#include "netrc.hpp"

namespace lapstrake::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = 1u << 20;

std::string basic(std::string_view user, std::string_view password) {
  return cat("Basic ", base64(as_bytes(cat(user, ":", password))));
}

// "https://user:password@host/path": the part between `//` and the last `@` of the authority, and the rest.
struct SplitUrl {
  std::string url;
  std::optional<std::string> user_info;
};
SplitUrl without_user_info(const std::string& url) {
  const auto start = url.find("//");
  if (start == std::string::npos) return {url, std::nullopt};
  const auto authority_end = std::min(url.find_first_of("/?#", start + 2), url.size());
  const auto at = url.rfind('@', authority_end);
  if (at == std::string::npos || at < start + 2 || at >= authority_end) return {url, std::nullopt};
  return {cat(url.substr(0, start + 2), url.substr(at + 1)), url.substr(start + 2, at - start - 2)};
}

std::optional<std::string> text_of(const fs::path& file) {
  std::error_code failure;
  if (!fs::is_regular_file(file, failure)) return std::nullopt;
  return read_file(file, most_bytes);
}

std::optional<std::string> netrc_of(const Environment& environment) {
  if (const auto file = environment("NETRC")) return text_of(*file);
  const auto home = environment("HOME");
  return home ? text_of(fs::path(*home) / ".netrc") : std::nullopt;
}

// In the order in which pip reads them.
std::vector<fs::path> pip_files(const Environment& environment) {
  std::vector<fs::path> out;
  const auto chosen = environment("PIP_CONFIG_FILE");
  if (chosen == "/dev/null") return out;  // pip reads no file then
  for (const auto& folder : split(environment("XDG_CONFIG_DIRS").value_or("/etc/xdg"), ':'))
    if (!folder.empty()) out.push_back(fs::path(folder) / "pip/pip.conf");
  out.emplace_back("/etc/pip.conf");
  if (const auto home = environment("HOME")) {
    out.push_back(fs::path(*home) / ".pip/pip.conf");
    out.push_back(fs::path(environment("XDG_CONFIG_HOME").value_or(cat(*home, "/.config"))) / "pip/pip.conf");
  }
  if (const auto venv = environment("VIRTUAL_ENV")) out.push_back(fs::path(*venv) / "pip.conf");
  if (chosen) out.emplace_back(*chosen);
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : cat(text, " "))
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
      word += c;
    else if (!word.empty())
      out.push_back(std::exchange(word, {}));
  return out;
}

struct PipSettings {
  std::string index = "https://pypi.org/simple";
  std::vector<std::string> extra = {};
};

PipSettings pip_settings(const Environment& environment) {
  std::map<std::string, IniSection> all;  // a later file wins, within a section
  for (const auto& file : pip_files(environment))
    if (const auto text = text_of(file))
      for (auto& [name, section] : parse_ini(*text, cat("`", file.string(), "`")))
        for (auto& [key, value] : section) all[name].insert_or_assign(key, value);
  PipSettings out;
  for (const char* name : {"global", "install"}) {
    const auto& section = all[name];
    if (const auto index = section.find("index-url"); index != section.end()) out.index = index->second;
    if (const auto extra = section.find("extra-index-url"); extra != section.end()) out.extra = words_of(extra->second);
  }
  if (const auto index = environment("PIP_INDEX_URL")) out.index = *index;
  if (const auto extra = environment("PIP_EXTRA_INDEX_URL")) out.extra = words_of(*extra);
  return out;
}

}  // namespace

AuthorizedUrl authorized_url(const std::string& url, const Environment& environment) {
  const auto split = without_user_info(url);
  AuthorizedUrl out;
  try {
    out.url = http::parse_url(split.url.ends_with('/') ? split.url : cat(split.url, "/"));
  } catch (const Error&) {
    // Its text may contain a password.
    throw Error(ErrorKind::usage, "the URL of a package index is invalid",
                "write it as https://host/path/, with special characters of a login as %XX");
  }
  if (split.user_info) {
    const auto colon = split.user_info->find(':');
    const auto user = percent_decode(split.user_info->substr(0, colon));
    const auto password =
        colon == std::string::npos ? std::string() : percent_decode(split.user_info->substr(colon + 1));
    out.authorization = basic(user, password);
  } else if (const auto netrc = netrc_of(environment)) {
    if (const auto login = find_login(*netrc, out.url.host)) out.authorization = basic(login->user, login->password);
  }
  return out;
}

std::vector<AuthorizedUrl> host_pip_indexes(const Environment& environment) {
  const auto settings = pip_settings(environment);
  std::vector<AuthorizedUrl> out{authorized_url(std::string(trim(settings.index)), environment)};
  for (const auto& extra : settings.extra) out.push_back(authorized_url(extra, environment));
  return out;
}

}  // namespace lapstrake::app
