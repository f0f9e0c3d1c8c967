#include <lapstrake/aws/credentials/find.hpp>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "providers.hpp"

namespace lapstrake::aws {
namespace {

// `chosen`: by an option, so that it is a mistake; what the environment names may be meant for other programs.
[[noreturn]] void no_such_profile(const std::string& name, const SharedFiles& files, bool chosen) {
  const auto names = files.names();
  const auto near = nearest(name, names);
  const std::string help = near            ? cat("did you mean `", *near, "`?")
                           : names.empty() ? cat("create it with `aws configure --profile ", name, "`")
                                           : cat("known profiles: ", join(names, ", "));
  const auto what = cat("AWS profile `", name, "` not found");
  const auto why = cat("neither ", files.credentials_shown(), " nor ", files.config_shown(), " contains it");
  if (chosen) throw Error(ErrorKind::access, what, help).because(why);
  throw Error(ErrorKind::access, what, help).because(why).with_code(ErrorCode::unusable_profile);
}

[[noreturn]] void empty_profile(const std::string& name, const SharedFiles& files) {
  Error error(ErrorKind::access, cat("the AWS profile `", name, "` has no credentials"),
              cat("run `aws configure --profile ", name, "`, or omit `--profile`"));
  error.because(cat("neither ", files.credentials_shown(), " nor ", files.config_shown(),
                    " contains an access key, a role, SSO or a process for it"));
  throw error.with_code(ErrorCode::unusable_profile);
}

[[noreturn]] void no_credentials(const Environment& environment, const std::string& profile, const SharedFiles& files) {
  std::string where =
      cat("searched AWS_ACCESS_KEY_ID and AWS_WEB_IDENTITY_TOKEN_FILE in the environment, profile `", profile, "` in ",
          files.credentials_shown(), " and ", files.config_shown(), ", the container's credential endpoint (not set)");
  std::string help = "run `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  if (is_on(environment("AWS_EC2_METADATA_DISABLED").value_or(""))) {
    where += "; the instance's metadata service is disabled (AWS_EC2_METADATA_DISABLED)";
  } else {
    where += ", and the instance's metadata service (no answer or no role)";
    help +=
        "; on an EC2 instance with a role, let its metadata service answer: in a container it needs a hop limit of 2";
  }
  throw Error(ErrorKind::access, "no AWS credentials found", help).because(where).with_code(ErrorCode::no_credentials);
}

// AWS_PROFILE and "default" come after the variables, and before the services of the machine.
std::optional<Credentials> from_usual_places(const Lookup& lookup, const SharedFiles& files) {
  if (auto found = from_environment(lookup.runtime)) return found;
  if (auto found = from_web_identity_variables(lookup)) return found;
  const auto named = profile_of_environment(lookup.runtime.environment);
  const auto profile = files.profile(named.value_or("default"));
  if (named && !profile.exists) no_such_profile(*named, files, false);
  if (auto found = from_profile(lookup, files, profile)) return found;
  if (auto found = from_container(lookup)) return found;
  return from_instance(lookup);
}

}  // namespace

void learn(const Runtime& runtime, const Credentials& credentials) {
  runtime.secrets->learn(credentials.secret_access_key);
  runtime.secrets->learn(credentials.session_token);
}

std::string export_with_cli(const std::string& profile) {
  return cat("let the AWS CLI resolve them: `eval \"$(aws configure export-credentials --profile ", profile,
             " --format env)\"`");
}

Credentials find_credentials(const Lookup& lookup) {
  const auto& environment = lookup.runtime.environment;
  const SharedFiles files(environment);
  std::optional<Credentials> found;
  if (lookup.profile) {
    const auto profile = files.profile(*lookup.profile);
    if (!profile.exists) no_such_profile(*lookup.profile, files, true);
    found = from_profile(lookup, files, profile);
    if (!found) empty_profile(profile.name, files);
  } else {
    found = from_usual_places(lookup, files);
    if (!found) no_credentials(environment, profile_of_environment(environment).value_or("default"), files);
  }
  return *std::move(found);
}

}  // namespace lapstrake::aws
