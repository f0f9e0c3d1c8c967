#include <algorithm>
#include <array>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/npmrc.hpp>

#include "ini.hpp"

namespace lapstrake::packages::npm {
namespace {

constexpr std::string_view registry_key = "registry", scoped_key = ":registry";
constexpr std::array<std::string_view, 4> login_keys{"_auth", "_authToken", "_password", "username"};

struct Expanded {
  std::string text;
  std::string missing;  // a variable that is not set
};

// @npmcli/config, env-replace.js: an odd number of `\` before `${` keeps it, and half of them remain.
Expanded expanded(std::string_view text, const Environment& environment) {
  Expanded out;
  while (!text.empty()) {
    const auto at = text.find("${");
    const auto end = at == text.npos ? at : text.find('}', at);
    if (end == text.npos) break;
    auto name = text.substr(at + 2, end - at - 2);
    if (name.find_first_of("${") != name.npos) {  // the name starts later: "${a${b}"
      out.text += text.substr(0, at + 2);
      text.remove_prefix(at + 2);
      continue;
    }
    std::size_t escapes = 0;
    while (escapes < at && text[at - 1 - escapes] == '\\') ++escapes;
    out.text += text.substr(0, at - escapes);
    out.text.append(escapes / 2, '\\');
    const bool may_be_missing = name.ends_with('?');
    const auto whole = text.substr(at, end + 1 - at);
    if (may_be_missing) name.remove_suffix(1);
    text.remove_prefix(end + 1);
    if (escapes % 2 == 1 || name.empty()) {
      out.text += whole;
      continue;
    }
    const auto value = environment(std::string(name));
    if (!value && !may_be_missing) out.missing = name;
    out.text += value ? *value : may_be_missing ? std::string{} : std::string(whole);
  }
  out.text += text;
  return out;
}

http::Url parse_registry(const std::string& text, std::string_view key) {
  try {
    auto url = http::parse_url(text);
    url.query.clear();
    if (!url.path.ends_with('/')) url.path += '/';
    return url;
  } catch (const Error&) {  // its text quotes the value, which may contain a secret
    throw Error(ErrorKind::usage,
                cat("the setting `", printable(key, 200), "` of npm is not a valid http or https URL"),
                "check it with `npm config list`");
  }
}

std::string decoded(const std::string& base64, const std::string& key) {
  if (auto text = base64_decode(base64)) return *text;
  throw Error(ErrorKind::access, cat("the setting `", printable(key, 300), "` of npm is not valid base64"),
              "log in again with `npm login`, or set a token with `:_authToken`");
}

std::string_view scope_of(std::string_view package) {
  return package.starts_with('@') ? package.substr(0, package.find('/')) : std::string_view{};
}

}  // namespace

std::string authorization(const Login& login) {
  if (!login.token.empty()) return cat("Bearer ", login.token);
  return cat("Basic ", base64(as_bytes(cat(login.username, ":", login.password))));
}

Npmrc::Npmrc() : Npmrc({}, {}) {}

Npmrc::Npmrc(const std::vector<NpmrcFile>& files, const Environment& environment) {
  for (const auto& file : files) read(file, environment);
  read_registries();
}

void Npmrc::read(const NpmrcFile& file, const Environment& environment) {
  if (file.text.size() > limits::MiB)
    throw Error(ErrorKind::usage, cat(file.name, " is longer than ", human_size(limits::MiB)));
  std::map<std::string, Setting> found;  // of several lines the last one counts
  for (const auto& line : ini_lines(file.text)) {
    const auto key = expanded(line.key, environment), value = expanded(line.value, environment);
    const auto shown = cat("`", printable(line.key, 200), "` in ", file.name);
    for (const auto& missing : {key.missing, value.missing})
      if (!missing.empty())
        warnings_.push_back(cat(shown, " has no effect: the variable `", printable(missing, 80), "` is not set"));
    if (!key.missing.empty() || !value.missing.empty()) continue;
    if (std::ranges::find(login_keys, key.text) != login_keys.end())
      warnings_.push_back(cat(shown, " has no effect: write `//HOST/:", key.text, "=...`"));
    else
      found.insert_or_assign(key.text, Setting{value.text, line.key});
  }
  values_.merge(found);
}

void Npmrc::read_registries() {
  if (const auto registry = value(std::string(registry_key))) registries_[""] = parse_registry(*registry, registry_key);
  for (const auto& [key, setting] : values_)
    if (key.starts_with('@') && key.ends_with(scoped_key))
      registries_[key.substr(0, key.size() - scoped_key.size())] = parse_registry(setting.value, setting.written_key);
}

std::optional<std::string> Npmrc::value(const std::string& key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  return found->second.value;
}

const http::Url* Npmrc::registry_for(std::string_view package) const {
  auto found = registries_.find(std::string(scope_of(package)));
  if (found == registries_.end()) found = registries_.find("");
  return found == registries_.end() ? nullptr : &found->second;
}

std::optional<Login> Npmrc::login_at(const std::string& prefix) const {
  const auto of = [&](std::string_view name) { return value(cat(prefix, ":", name)).value_or(""); };
  if (auto token = of("_authToken"); !token.empty())
    return Login{.token = std::move(token), .username = {}, .password = {}};
  if (const auto auth = of("_auth"); !auth.empty()) {
    const auto& key = values_.at(cat(prefix, ":_auth")).written_key;
    const auto pair = decoded(auth, key);
    const auto colon = pair.find(':');
    if (colon == pair.npos)
      throw Error(ErrorKind::access, cat("the setting `", printable(key, 300), "` of npm has no `:` in its base64"),
                  "write the base64 of USER:PASSWORD");
    return Login{.token = {}, .username = pair.substr(0, colon), .password = pair.substr(colon + 1)};
  }
  const auto username = of("username"), password = of("_password");
  if (username.empty() || password.empty()) return std::nullopt;
  return Login{.token = {},
               .username = username,
               .password = decoded(password, values_.at(cat(prefix, ":_password")).written_key)};
}

// From "//host/a/b" up to "//host", with and without "/" at the end.
std::optional<Login> Npmrc::login_below(const http::Url& url) const {
  const bool is_known =
      std::ranges::any_of(registries_, [&](const auto& registry) { return registry.second.origin() == url.origin(); });
  if (url.scheme != "https" && !is_known) return std::nullopt;
  std::string prefix = cat("//", url.authority(), url.path);
  while (prefix.size() > 2) {
    if (auto login = login_at(prefix)) return login;
    if (prefix.back() == '/')
      prefix.pop_back();
    else
      prefix.erase(prefix.rfind('/') + 1);
  }
  return std::nullopt;
}

std::optional<Login> Npmrc::login_for(const http::Url& url, std::string_view package) const {
  if (auto login = login_below(url)) return login;
  const auto* registry = registry_for(package);
  if (registry != nullptr && registry->origin() == url.origin()) return login_below(*registry);
  return std::nullopt;
}

}  // namespace lapstrake::packages::npm
