#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "shared_file.hpp"

namespace lapstrake::aws {
namespace {

std::string setting(const Section& section, const std::string& name) {
  const auto found = section.find(name);
  return found == section.end() ? "" : found->second;
}

struct SharedFile {
  std::string shown;  // as people write it: "~/.aws/credentials"
  std::map<std::string, Section> sections;
};

std::string home_of(const Environment& environment) { return environment("HOME").value_or(""); }

bool is_on(std::string_view value) { return lower(value) == "true"; }

// `$NAME` and `${NAME}`, as Python's expandvars reads them: what is not set stays as it is.
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

std::string expanded(const std::string& path, const Environment& environment) {
  const auto whole = with_variables(path, environment);
  return whole.starts_with("~/") ? cat(home_of(environment), whole.substr(1)) : whole;
}

[[noreturn]] void unreadable(const SharedFile& file, int why) {
  throw Error(ErrorKind::access, cat("cannot read `", file.shown, "`: ", reason(why)),
              "make the file readable, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
}

// A file that is absent has no sections.
SharedFile read_shared_file(const Environment& environment, std::string_view variable, const std::string& usual) {
  SharedFile file{.shown = environment(variable).value_or(usual), .sections = {}};
  errno = 0;
  std::ifstream in(std::filesystem::path(expanded(file.shown, environment)), std::ios::binary);
  if (!in && (errno == ENOENT || errno == ENOTDIR)) return file;
  if (!in) unreadable(file, errno);
  std::string text;
  try {
    text.assign(std::istreambuf_iterator<char>(in), {});
  } catch (const std::ios_base::failure&) {  // a folder can be opened, but not read
    unreadable(file, errno);
  }
  file.sections = parse_shared_file(text, cat("`", file.shown, "`"));
  return file;
}

// One profile, as the two files together have it.
struct Profile {
  std::string name;
  Section credentials, config;
  bool exists = false;
};

class SharedFiles {
 public:
  explicit SharedFiles(const Environment& environment)
      : credentials_(read_shared_file(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")),
        config_(read_shared_file(environment, "AWS_CONFIG_FILE", "~/.aws/config")) {}

  Profile profile(const std::string& name) const {
    Profile out{.name = name, .credentials = {}, .config = {}};
    const auto take = [&](const SharedFile& file, const std::string& section, Section& into) {
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
  const Section* services(const std::string& name) const {
    const auto found = config_.sections.find(cat("services ", name));
    return found == config_.sections.end() ? nullptr : &found->second;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [section, settings] : credentials_.sections) names.push_back(section);
    for (const auto& [section, settings] : config_.sections) {
      if (section == "default") names.push_back(section);
      if (section.starts_with("profile ")) names.push_back(section.substr(8));
    }
    return names;
  }
  const std::string& credentials_shown() const { return credentials_.shown; }
  const std::string& config_shown() const { return config_.shown; }

 private:
  SharedFile credentials_, config_;
};

// Part of an id, secret or token, it would only ever be a slip of copying; and a line end would end a header.
void refuse_white_space(const std::string& value, std::string_view where) {
  for (const char c : value)
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f')
      throw Error(ErrorKind::access, cat(where, " contains white space or a control character"),
                  cat("set ", where, " again, without spaces, quotes or line breaks around it"));
}

struct Names {
  std::string id, secret, token;
};

// The credentials of one place; nothing when it has none, Error when it has half of them.
std::optional<Credentials> take_pair(const std::array<std::string, 3>& values, const Names& names,
                                     const std::string& source) {
  const auto& [id, secret, token] = values;
  if (id.empty() && secret.empty()) return std::nullopt;
  if (id.empty() || secret.empty())
    throw Error(ErrorKind::access,
                cat("incomplete AWS credentials: ", source, " has `", id.empty() ? names.secret : names.id,
                    "` but not `", id.empty() ? names.id : names.secret, "`"),
                cat("set both `", names.id, "` and `", names.secret, "`, or neither"));
  refuse_white_space(id, cat("`", names.id, "` of ", source));
  refuse_white_space(secret, cat("`", names.secret, "` of ", source));
  refuse_white_space(token, cat("`", names.token, "` of ", source));
  return Credentials{id, secret, token, source};
}

std::optional<Credentials> from_environment(const Environment& environment) {
  const auto value = [&](std::string_view name) { return environment(name).value_or(""); };
  std::string token = value("AWS_SESSION_TOKEN");
  if (token.empty()) token = value("AWS_SECURITY_TOKEN");
  auto found = take_pair({value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"), token},
                         {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}, "the environment");
  if (found) found->source = "AWS_ACCESS_KEY_ID in the environment";
  return found;
}

std::optional<Credentials> from_section(const Section& section, const std::string& profile, const std::string& file) {
  const Names names{"aws_access_key_id", "aws_secret_access_key", "aws_session_token"};
  std::string token = setting(section, "aws_security_token");  // the older name, which botocore looks for first
  if (token.empty()) token = setting(section, names.token);
  return take_pair({setting(section, names.id), setting(section, names.secret), token}, names,
                   cat("profile `", profile, "` of ", file));
}

// A way to credentials that the AWS tools know and we do not yet.
[[noreturn]] void refuse_way(const std::string& name, std::string_view way) {
  throw Error(ErrorKind::access,
              cat("profile `", name, "` gets its credentials from `", way, "`, which is not supported yet"),
              cat("let the AWS CLI resolve them: `eval \"$(aws configure export-credentials --profile ", name,
                  " --format env)\"`"))
      .with_code(ErrorCode::unusable_profile);
}

void refuse_ways(const Profile& profile, std::initializer_list<std::string_view> ways) {
  for (const auto way : ways)
    if (profile.config.contains(std::string(way)) || profile.credentials.contains(std::string(way)))
      refuse_way(profile.name, way);
}

// In the order of the AWS CLI (facts in docs/design.md, "Credentials"), but for keys beside SSO: what syncs SSO writes
// them, and AWS's SDKs for Go and JavaScript take them.
std::optional<Credentials> from_profile(const Profile& profile, const SharedFiles& files) {
  refuse_ways(profile, {"role_arn", "web_identity_token_file"});
  // A secret without an id counts for nothing where the other file has an id.
  const bool has_id = profile.credentials.contains("aws_access_key_id");
  if (has_id || !profile.config.contains("aws_access_key_id"))
    if (auto found = from_section(profile.credentials, profile.name, files.credentials_shown())) return found;
  auto found = from_section(profile.config, profile.name, files.config_shown());
  if (!found) refuse_ways(profile, {"sso_session", "sso_start_url"});
  refuse_ways(profile, {"login_session", "credential_process"});
  return found;
}

// `chosen`: by an option, so that it is a mistake; what the environment names may be meant for other programs.
[[noreturn]] void no_such_profile(const std::string& name, const SharedFiles& files, bool chosen) {
  const auto near = nearest(name, files.names());
  const auto names = files.names();
  const std::string help = near            ? cat("did you mean `", *near, "`?")
                           : names.empty() ? std::string("create it with `aws configure --profile ") + name + "`"
                                           : cat("known profiles: ", join(names, ", "));
  const auto what = cat("AWS profile `", name, "` not found");
  const auto why = cat("neither ", files.credentials_shown(), " nor ", files.config_shown(), " contains it");
  if (chosen) throw Error(ErrorKind::access, what, help).because(why);
  throw Error(ErrorKind::access, what, help).because(why).with_code(ErrorCode::unusable_profile);
}

// What the environment offers that we cannot use yet, for the error that nothing was found.
std::string unused_offer(const Environment& environment) {
  if (environment("AWS_WEB_IDENTITY_TOKEN_FILE")) return "AWS_WEB_IDENTITY_TOKEN_FILE";
  if (environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) return "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
  if (environment("AWS_CONTAINER_CREDENTIALS_FULL_URI")) return "AWS_CONTAINER_CREDENTIALS_FULL_URI";
  return "";
}

[[noreturn]] void empty_profile(const std::string& name, const SharedFiles& files) {
  Error error(ErrorKind::access, cat("the AWS profile `", name, "` has no credentials"),
              cat("run `aws configure --profile ", name, "`, or omit `--profile`"));
  error.because(
      cat("neither ", files.credentials_shown(), " nor ", files.config_shown(), " contains an access key for it"));
  throw error.with_code(ErrorCode::unusable_profile);
}

constexpr std::string_view export_credentials = "`eval \"$(aws configure export-credentials --format env)\"`";

[[noreturn]] void no_credentials(const Environment& environment, const std::string& profile, const SharedFiles& files) {
  std::string where = cat("searched AWS_ACCESS_KEY_ID in the environment, and profile `", profile, "` in ",
                          files.credentials_shown(), " and ", files.config_shown());
  std::string help = "run `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  if (const auto offer = unused_offer(environment); !offer.empty()) {
    where += cat("; ", offer, " is set, but is not supported yet");
    help = cat("let the AWS CLI resolve them: ", export_credentials);
  } else if (!is_on(environment("AWS_EC2_METADATA_DISABLED").value_or(""))) {
    where += "; EC2 instance roles are not supported yet";
    help += cat("; on an EC2 instance with a role, let the AWS CLI get the keys: ", export_credentials);
  }
  throw Error(ErrorKind::access, "no AWS credentials found", help).because(where).with_code(ErrorCode::no_credentials);
}

// Of the credentials file first, as botocore merges the two.
std::string setting(const Profile& profile, const std::string& name) {
  const auto own = setting(profile.credentials, name);
  return own.empty() ? setting(profile.config, name) : own;
}

ProfileEndpoints endpoints_of(const Profile& profile, const SharedFiles& files) {
  ProfileEndpoints out{.url = setting(profile, "endpoint_url"),
                       .services = {},
                       .missing_section = {},
                       .ignored = is_on(setting(profile, "ignore_configured_endpoint_urls")),
                       .fips = is_on(setting(profile, "use_fips_endpoint")),
                       .dualstack = is_on(setting(profile, "use_dualstack_endpoint"))};
  const auto name = setting(profile, "services");
  if (name.empty()) return out;
  const auto* section = files.services(name);
  if (section == nullptr) {
    out.missing_section = name;
    return out;
  }
  for (const auto& [service, value] : *section)
    if (const auto url = setting(nested_settings(value), "endpoint_url"); !url.empty()) out.services[service] = url;
  return out;
}

std::optional<std::string> first_of(std::initializer_list<std::optional<std::string>> candidates) {
  for (const auto& candidate : candidates)
    if (candidate && !candidate->empty()) return candidate;
  return std::nullopt;
}

}  // namespace

Settings find_settings(const Environment& environment, const std::optional<std::string>& profile,
                       const std::optional<std::string>& region) {
  const SharedFiles files(environment);
  const auto named = first_of({profile, environment("AWS_PROFILE"), environment("AWS_DEFAULT_PROFILE")});
  const Profile chosen = files.profile(named.value_or("default"));
  std::optional<Credentials> credentials;
  if (!profile) credentials = from_environment(environment);
  if (!credentials) {
    if (named && !chosen.exists) no_such_profile(*named, files, profile.has_value());
    credentials = from_profile(chosen, files);
  }
  if (!credentials && profile) empty_profile(chosen.name, files);
  if (!credentials) no_credentials(environment, chosen.name, files);
  return {*credentials,
          first_of({region, environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"), setting(chosen, "region")}),
          endpoints_of(chosen, files)};
}

}  // namespace lapstrake::aws
