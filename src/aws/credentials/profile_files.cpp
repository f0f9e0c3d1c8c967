#include "profile_files.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::aws {
namespace {

// `$NAME` and `${NAME}`: what is not set stays as it is.
std::string with_variables(std::string_view text, const Environment& environment) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    const bool braced = rest.starts_with("${");
    const auto name = rest.substr(braced ? 2 : 1);
    const auto size = std::min(braced ? name.find('}') : name.find_first_not_of(allowed), name.size());
    const bool is_variable = rest.front() == '$' && size > 0 && (!braced || size < name.size());
    const auto value = is_variable ? environment(name.substr(0, size)) : std::nullopt;
    out += value ? *value : std::string(1, rest.front());
    at += value ? size + (braced ? 3 : 1) : 1;
  }
  return out;
}

[[noreturn]] void unreadable(const std::string& shown, int why) {
  throw Error(ErrorKind::access, cat("cannot read `", shown, "`: ", reason(why)),
              "make the file readable, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
}

}  // namespace

std::string expanded(const std::string& path, const Environment& environment) {
  const auto whole = with_variables(path, environment);
  return whole.starts_with("~/") ? cat(environment("HOME").value_or(""), whole.substr(1)) : whole;
}

bool is_on(std::string_view value) { return lower(value) == "true"; }

std::string setting_of(const Section& section, const std::string& key) {
  const auto found = section.find(key);
  return found == section.end() ? "" : found->second;
}

std::string Profile::setting(const std::string& key) const {
  auto own = setting_of(credentials, key);
  return own.empty() ? setting_of(config, key) : own;
}

SharedFiles::File SharedFiles::read(const Environment& environment, std::string_view variable,
                                    const std::string& usual) {
  File file{.shown = environment(variable).value_or(usual), .sections = {}};
  errno = 0;
  std::ifstream in(std::filesystem::path(expanded(file.shown, environment)), std::ios::binary);
  if (!in && (errno == ENOENT || errno == ENOTDIR)) return file;
  if (!in) unreadable(file.shown, errno);
  std::string text;
  try {
    text.assign(std::istreambuf_iterator<char>(in), {});
  } catch (const std::ios_base::failure&) {  // a folder can be opened, but not read
    unreadable(file.shown, errno);
  }
  file.sections = parse_shared_file(text, cat("`", file.shown, "`"));
  return file;
}

SharedFiles::SharedFiles(const Environment& environment)
    : credentials_(read(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")),
      config_(read(environment, "AWS_CONFIG_FILE", "~/.aws/config")) {}

Profile SharedFiles::profile(const std::string& name) const {
  Profile out{.name = name, .credentials = {}, .config = {}};
  const auto take = [&](const File& file, const std::string& section, Section& into) {
    const auto found = file.sections.find(section);
    if (found == file.sections.end()) return;
    into = found->second;
    out.exists = true;
  };
  take(credentials_, name, out.credentials);
  if (name == "default") take(config_, "default", out.config);
  take(config_, cat("profile ", name), out.config);
  return out;
}

const Section* SharedFiles::section(const std::string& kind, const std::string& name) const {
  const auto found = config_.sections.find(cat(kind, " ", name));
  return found == config_.sections.end() ? nullptr : &found->second;
}

std::vector<std::string> SharedFiles::names() const {
  std::vector<std::string> names;
  for (const auto& [section, settings] : credentials_.sections) names.push_back(section);
  for (const auto& [section, settings] : config_.sections) {
    if (section == "default") names.push_back(section);
    if (section.starts_with("profile ")) names.push_back(section.substr(8));
  }
  return names;
}

std::optional<std::string> profile_of_environment(const Environment& environment) {
  for (const auto* name : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
    if (auto value = environment(name); value && !value->empty()) return value;
  return std::nullopt;
}

}  // namespace lapstrake::aws
